/* The checksums that a tree lists for its files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/checksums.h"

#include <string.h>

/* Drops what may stand in front of a path that begins at the root of its list. */
static void drop_dot_slash(const char **path, size_t *length)
{
    for (;;) {
        size_t drop = 0;

        if (*length >= 1 && (*path)[0] == '/')
            drop = 1;
        else if (*length >= 2 && memcmp(*path, "./", 2) == 0)
            drop = 2;
        if (drop == 0)
            return;
        *path += drop;
        *length -= drop;
    }
}

static int give_sum(struct checksum *to, const struct lines *lines, const struct listed_sum *sum,
                    struct error *err)
{
    if (sum->digest != DIGEST_NONE && sum->digest < to->digest)
        return 0;
    if (checksum_set(to, sum->digest, sum->hex, sum->hex_length))
        return 0;
    const char *digest = digest_name(sum->digest);
    return error_set(err, ERROR_INVALID_SOURCE, "%s, line %zu: what stands for %.*s is no %s",
                     lines->name, lines->number, (int)sum->path_length, sum->path,
                     digest ? digest : "checksum");
}

int plan_sum(struct tree_plan *plan, const struct lines *lines, const char *base,
             const struct listed_sum *sum, struct error *err)
{
    const char *path = sum->path;
    size_t length = sum->path_length;

    drop_dot_slash(&path, &length);
    for (size_t i = 0; i < plan->tree->layout_count; i++) {
        struct tree_layout *layout = &plan->tree->layouts[i];
        const char *kernel = layout->kernel, *ramdisk = layout->ramdisk;

        if (text_starts(kernel, base) && same(path, length, kernel + strlen(base)) &&
            give_sum(&layout->kernel_sum, lines, sum, err) < 0)
            return -1;
        if (ramdisk && text_starts(ramdisk, base) && same(path, length, ramdisk + strlen(base)) &&
            give_sum(&layout->ramdisk_sum, lines, sum, err) < 0)
            return -1;
    }
    return 0;
}

int plan_sums_file(struct tree_plan *plan, const char *name, const char *base, enum digest digest,
                   struct error *err)
{
    struct lines lines;
    const char *line;
    size_t length;
    int found;

    lines_start(&lines, name, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0) {
        struct listed_sum sum = {.digest = digest};
        const char *end = line + length;

        sum.hex_length = next_word(&line, end, &sum.hex);
        if (digest == DIGEST_NONE)
            sum.digest = digest_from_digits(sum.hex_length);
        sum.path = line;
        sum.path_length = (size_t)(end - line);
        trim(&sum.path, &sum.path_length);
        if (sum.path_length > 0 && sum.path[0] == '*') {
            sum.path++;
            sum.path_length--;
        }
        if (plan_sum(plan, &lines, base, &sum, err) < 0)
            return -1;
    }
    return found;
}
