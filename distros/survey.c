/* Recognition and the plan in one. See survey.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/survey.h"

#include <string.h>

#include "distros/families.h"
#include "distros/guess.h"
#include "distros/plan.h"
#include "distros/search.h"

bool survey_is_for_any(const struct survey_request *request)
{
    return request->family && strcmp(request->family, GUESS_ANY) == 0;
}

/* A fact that the family's plan does not look for, from where the tree was recognised. */
static void complete(char **fact, const char *recognised)
{
    if (!*fact && recognised)
        *fact = xstrdup(recognised);
}

static int plan(const struct survey_request *r, const struct tree_reader *reader,
                const char *family, struct survey *survey, struct error *err)
{
    const struct recognised *recognised = &survey->recognised;
    struct tree_request request = {.family = family,
                                   .arch = r->arch ? r->arch : recognised->arch,
                                   .release = r->release,
                                   .repository = r->repository,
                                   .kernel = r->kernel,
                                   .ramdisk = r->ramdisk};

    /* A release that nobody asked for is good enough to be told of, not to be installed. */
    if (recognised->release && (r->identify || survey_is_for_any(r)))
        request.release = recognised->release;
    if (tree_plan(&request, reader, &survey->tree, err) < 0)
        return -1;
    if (!recognised->family || strcmp(recognised->family, family) != 0)
        return 0;
    complete(&survey->tree.name, recognised->tree.name);
    complete(&survey->tree.version, recognised->tree.version);
    complete(&survey->tree.arch, recognised->tree.arch);
    return 0;
}

static int unrecognised(struct error *err)
{
    return error_set(err, ERROR_INVALID_SOURCE,
                     "it does not say what it is (no .treeinfo, .discinfo, content, "
                     "media.1/products, .disk/info or dists/RELEASE/Release): check that it is the "
                     "right one, or name the family with install-distro or --distro");
}

/* For a family that was asked for, recognition only adds to what is known: what keeps it from
 * its end is either met again by the family's plan, or none of this request's business. */
static int recognise(const struct survey_request *r, const struct tree_reader *reader,
                     bool automatic, struct survey *survey, struct error *err)
{
    const struct recognise_request request = {.family = automatic ? NULL : r->family,
                                              .arch = r->arch,
                                              .release = r->release,
                                              .repository = r->repository};
    auto_error struct error own = ERROR_INIT;

    if (tree_recognise(&request, reader, &survey->recognised, automatic ? err : &own) < 0)
        return automatic ? -1 : 0;
    if (automatic && !survey->recognised.family && !r->identify && !survey_is_for_any(r))
        return unrecognised(err);
    return 0;
}

int survey_tree(const struct survey_request *r, const struct tree_reader *reader,
                struct survey *survey, struct error *err)
{
    bool automatic = survey_is_for_any(r) || strcmp(r->family, RECOGNISE_AUTO) == 0;

    /* Of a tree for which pygrub's own family is asked, only paths count. */
    if (strcmp(r->family, "pygrub") != 0 && recognise(r, reader, automatic, survey, err) < 0)
        return -1;
    /* A release that nobody named is not what any family's layouts are searched for. */
    if (survey_is_for_any(r) && survey->recognised.release_assumed)
        return 0;
    const char *family = automatic ? survey->recognised.family : r->family;
    const struct distro *distro = distro_find(family);
    /* The request, and its strings with it, may be gone when this is read. */
    survey->family = distro ? distro->name : NULL;
    return family ? plan(r, reader, family, survey, err) : 0;
}

char *survey_no_kernel(const struct survey *survey)
{
    const struct tree *tree = &survey->tree;
    auto_free char *tried = search_kernels(tree);

    if (tree->doubt)
        return xstrdup(tree->doubt);
    if (tree->layout_count == 1)
        return xasprintf("has no kernel at %s, where %s has it", tried,
                         tree->metadata ? tree->metadata : "this request");
    return xasprintf("has no kernel where a tree of the family %s keeps it: %s; check what it is, "
                     "install-distro and install-arch",
                     survey->family ? survey->family : "that is asked for", tried);
}

void survey_free(struct survey *survey)
{
    recognised_free(&survey->recognised);
    tree_free(&survey->tree);
    *survey = (struct survey){.family = NULL};
}
