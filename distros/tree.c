/* What is known of a tree: its facts, and which paths may be in it. See tree.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/tree.h"

#include <stdlib.h>
#include <string.h>

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
    *tree = (struct tree){0};
}
