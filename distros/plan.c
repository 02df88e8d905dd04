/* How a plan for a tree grows. See plan.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/plan.h"

#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "distros/arch.h"
#include "distros/family.h"
#include "distros/lines.h"

bool repository_is_cd(const char *repository)
{
    return repository && (strcmp(repository, REPOSITORY_CDROM) == 0 || nfs_image_is(repository));
}

/* --- a tree: paths and facts --------------------------------------------------------------- */

/* Room for a path of TREE_PATH_MAX bytes of which each is escaped as \xNN. */
#define ESCAPED_PATH_MAX (4 * TREE_PATH_MAX)

/* True when PATH reads the same once it is made fit for a log: no control or format
 * characters, no backslash, well-formed UTF-8. */
static bool is_printable(const char *path)
{
    auto_free char *escaped = text_escape_bytes(path, strlen(path), ESCAPED_PATH_MAX);

    return strcmp(escaped, path) == 0;
}

static bool has_dot_dot(const char *path)
{
    for (const char *at = path; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return true;
    }
    return false;
}

const char *tree_path_fault(const char *path)
{
    if (*path == '\0')
        return "is empty";
    if (strnlen(path, TREE_PATH_MAX + 1) > TREE_PATH_MAX)
        return "is too long for a path";
    if (*path == '/')
        return "does not begin in the tree";
    if (path[strlen(path) - 1] == '/')
        return "is a folder";
    if (!is_printable(path))
        return "holds characters that no path of an installer has";
    if (has_dot_dot(path))
        return "leads out of the tree";
    /* As in RFC 3986, 4.2: a relative reference whose first part has a colon would be
     * taken for a URL of its own. */
    if (strchr(path, ':') && strcspn(path, ":") < strcspn(path, "/"))
        return "is a URL and not a path in the tree";
    return NULL;
}

void tree_fact(char **slot, const char *value, size_t length)
{
    if (length > 0)
        replace_string(slot, text_escape_bytes(value, length, TREE_FACT_MAX));
}

void tree_free(struct tree *tree)
{
    for (size_t i = 0; i < tree->layout_count; i++) {
        free(tree->layouts[i].kernel);
        free(tree->layouts[i].ramdisk);
        free(tree->layouts[i].source);
    }
    free(tree->metadata);
    free(tree->name);
    free(tree->version);
    free(tree->arch);
    free(tree->doubt);
    *tree = (struct tree){0};
}

/* --- the plan ------------------------------------------------------------------------------ */

/* Longest part of a refused path that is shown. */
#define SHOWN_MAX 200

/* Puts a copy of PATH into *SLOT when it is safe. WHAT it is and SOURCE are for messages. */
static int take_path(const char *source, const char *what, const char *path, char **slot,
                     struct error *err)
{
    while (text_starts(path, "./"))
        path += 2;
    const char *fault = tree_path_fault(path);
    if (fault)
        return error_set(err, ERROR_INVALID_SOURCE, "%s: the %s \"%.*s\" %s", source, what,
                         SHOWN_MAX, path, fault);
    replace_string(slot, xstrdup(path));
    return 0;
}

/* A person may well write a path from the root of the repository. NULL: none is given. */
static const char *from_root(const char *path)
{
    while (path && *path == '/')
        path++;
    return path && *path ? path : NULL;
}

void plan_start(struct tree_plan *plan, const struct tree_request *request,
                const struct tree_reader *reader, struct tree *tree)
{
    *tree = (struct tree){0};
    *plan = (struct tree_plan){.request = request,
                               .reader = reader,
                               .tree = tree,
                               .text = BUFFER_INIT(TREE_METADATA_MAX),
                               .ramdisk = from_root(request->ramdisk)};
}

void plan_end(struct tree_plan *plan)
{
    buffer_free(&plan->text);
}

int plan_add(struct tree_plan *plan, const char *source, const char *kernel, const char *ramdisk,
             struct error *err)
{
    struct tree *tree = plan->tree;

    if (tree->layout_count == TREE_LAYOUTS_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "%s: there are more than %d places to look for a kernel", source,
                         TREE_LAYOUTS_MAX);
    struct tree_layout *layout = &tree->layouts[tree->layout_count++];
    layout->source = xstrdup(source);
    if (take_path(source, "kernel", kernel, &layout->kernel, err) < 0)
        return -1;
    if (plan->ramdisk)
        return take_path("install-ramdisk", "path", plan->ramdisk, &layout->ramdisk, err);
    return ramdisk ? take_path(source, "ramdisk", ramdisk, &layout->ramdisk, err) : 0;
}

/* A kernel that the request names is the only layout, with the ramdisk that the request names
 * or none: who names a kernel knows what belongs to it. */
static int add_requested_kernel(struct tree_plan *plan, struct error *err)
{
    const char *kernel = from_root(plan->request->kernel);

    if (!kernel)
        return 0;
    plan->decided = true;
    return plan_add(plan, "install-kernel", kernel, NULL, err);
}

int plan_read(struct tree_plan *plan, const char *path, struct error *err)
{
    buffer_clear(&plan->text);
    int found =
        plan->reader->read(plan->reader->context, path, TREE_METADATA_MAX, &plan->text, err);
    if (found <= 0)
        return found;

    struct lines lines;
    lines_start(&lines, path, &plan->text);
    lines.at += strspn(lines.at, " \t\r\n");
    return *lines.at == '<' ? 0 : 1;
}

int plan_family(const struct family *family, const struct tree_request *request,
                const struct tree_reader *reader, struct tree *tree, struct error *err)
{
    auto_tree_plan struct tree_plan plan;

    plan_start(&plan, request, reader, tree);
    if (!arch_known(request->arch))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "install-arch \"%s\" is not known; known are " ARCH_NAMES,
                         request->arch ? request->arch : "");
    if (add_requested_kernel(&plan, err) == 0 && family->plan(&plan, err) == 0)
        return 0;
    tree_free(tree);
    return -1;
}
