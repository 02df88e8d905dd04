/* The layouts of every family in turn. See guess.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/guess.h"

#include <string.h>

#include "distros/arch.h"
#include "distros/families.h"
#include "distros/family.h"

/* Longest part of a refused path that is shown. Bytes. */
#define SHOWN_MAX 200

/* The reader of a tree that says nothing. */
static int read_nothing(void *context, const char *path, size_t max, struct buffer *out,
                        struct error *err)
{
    (void)context;
    (void)path;
    (void)max;
    (void)err;
    buffer_clear(out);
    return 0;
}

static const struct tree_reader silent = {read_nothing, NULL};

static int add_places(const struct family *family, const struct tree_request *request,
                      struct tree *tree, struct error *err)
{
    auto_tree_plan struct tree_plan plan;

    plan_start(&plan, request, &silent, tree);
    for (const struct guess_place *place = family->places; place && place->kernel; place++)
        if (arch_runs(place->arch, request->arch) &&
            plan_add(&plan, place->source, place->kernel, place->ramdisk, err) < 0) {
            tree_free(tree);
            return -1;
        }
    return 0;
}

static int take_way(const struct family *family, enum guess_way way,
                    const struct tree_request *request, struct tree *tree, struct error *err)
{
    struct tree_request own = *request;
    bool cdrom = way == GUESS_CDROM || way == GUESS_CDROM_OTHER;

    if (way == GUESS_PLACES)
        return add_places(family, request, tree, err);
    own.kernel = NULL;
    if (way == GUESS_OWN_OTHER || way == GUESS_CDROM_OTHER)
        own.arch = arch_other(request->arch);
    if (!own.arch)
        return 0;
    if (cdrom)
        own.repository = REPOSITORY_CDROM;
    else if (family->can_guess && !family->can_guess(&own))
        return 0;
    return plan_family(family, &own, &silent, tree, err);
}

/* The way NUMBER of all families in their order, and whose it is; GUESS_END: there are no more. */
static enum guess_way find_way(size_t number, const struct family **family)
{
    for (size_t i = 0; (*family = family_at(i)); i++)
        for (const enum guess_way *way = (*family)->ways; way && *way != GUESS_END; way++)
            if (number-- == 0)
                return *way;
    return GUESS_END;
}

int guess_step(const struct tree_request *request, size_t number, struct tree *tree,
               const char **family_name, struct error *err)
{
    const struct family *family;
    enum guess_way way = find_way(number, &family);

    tree_free(tree);
    if (way == GUESS_END)
        return 0;
    *family_name = family->distro.name;
    return take_way(family, way, request, tree, err) < 0 ? -1 : 1;
}

int guess_check_path(const char *option, const char *path, struct error *err)
{
    const char *fault = tree_path_fault(path + strspn(path, "/"));

    if (!fault)
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE, "%s=%.*s is no path below --location: it %s",
                     option, SHOWN_MAX, path, fault);
}
