/* Checksums from one mirror to the next. See bound.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/bound.h"

#include <string.h>

#include "common/helper/report.h"

/* SUM is what the tree says of PATH, or nothing. */
static int hold(const struct fetch_request *request, const char *path, struct checksum *sum,
                const char *repository, struct error *err)
{
    for (size_t i = 0; path && i < request->bound_count; i++) {
        const struct bound_file *bound = &request->bound[i];

        if (strcmp(bound->path, path) != 0)
            continue;
        if (sum->digest == bound->sum.digest && strcmp(sum->hex, bound->sum.hex) != 0)
            return error_set(err, ERROR_INVALID_SOURCE,
                             "%s says another %s of %s than the mirror before it: they do not hold "
                             "the same tree, or one of them is being updated; try again later",
                             repository, digest_name(sum->digest), path);
        /* Of two kinds the other mirror's: it is what its whole tree was recognised by. */
        *sum = bound->sum;
    }
    return 0;
}

int bound_apply(const struct fetch_request *request, struct tree *tree, const char *repository,
                struct error *err)
{
    for (size_t i = 0; i < tree->layout_count; i++) {
        struct tree_layout *layout = &tree->layouts[i];

        if (hold(request, layout->kernel, &layout->kernel_sum, repository, err) < 0 ||
            hold(request, layout->ramdisk, &layout->ramdisk_sum, repository, err) < 0)
            return -1;
    }
    return 0;
}

static void add(json_t *list, const char *path, const struct checksum *sum)
{
    if (path && sum->digest != DIGEST_NONE && json_array_size(list) < FETCH_BOUND_MAX)
        json_array_append_new(list, json_pack("{s:o,s:s,s:s}", "path", report_text(path), "digest",
                                              digest_name(sum->digest), "hex", sum->hex));
}

json_t *bound_json(const struct tree *tree)
{
    json_t *list = json_array();

    for (size_t i = 0; i < tree->layout_count; i++) {
        const struct tree_layout *layout = &tree->layouts[i];

        add(list, layout->kernel, &layout->kernel_sum);
        add(list, layout->ramdisk, &layout->ramdisk_sum);
    }
    return list;
}
