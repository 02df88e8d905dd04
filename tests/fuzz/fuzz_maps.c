/* Fuzz target: the tables of installation media.
 *
 * The input is two tables, divided by a byte 1, which are read one after the other. A table is
 * refused with a sentence that names it; or each of its lines has fields in their bounds, no
 * overlay is a path, and each sum is found again, as is a tree that a pattern fits.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "distros/maps_line.h"

/* Lines that are looked for again; more take a time that grows with their square. */
#define LOOKED_FOR 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_entry(const struct maps *maps, const char *sum, const struct map_entry *entry)
{
    size_t digits = strlen(sum);
    struct map_entry found;

    must(entry->name && *entry->name && entry->table && entry->line >= 1);
    must(!entry->overlay || (*entry->overlay && !strchr(entry->overlay, '/')));
    must(!entry->overlay || !map_overlay_fault(entry->overlay));
    must(entry->tree == !map_sum_is_digest(sum));
    if (entry->tree)
        must(strncmp(sum, "tree:", 5) == 0);
    else
        must(maps_find(maps, digits == MD5_DIGITS ? sum : NULL,
                       digits == SHA256_DIGITS ? sum : NULL, NULL, NULL, NULL, &found) &&
             found.type == entry->type && found.append == entry->append && !found.tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size ? memchr(text, 1, size) : NULL;
    size_t first = end ? (size_t)(end - text) : size;
    size_t skipped = first + (end != NULL);
    struct maps *maps = maps_new();
    auto_error struct error err = ERROR_INIT;
    struct map_entry entry;
    const char *sum;

    if (maps_add(maps, "a.map", size ? text : "", first, &err) < 0 ||
        maps_add(maps, "b.map", size ? text + skipped : "", size - skipped, &err) < 0) {
        must(err.text && (strstr(err.text, "a.map") || strstr(err.text, "b.map")));
    } else {
        for (size_t i = 0; i < LOOKED_FOR && maps_entry(maps, i, &sum, &entry); i++)
            check_entry(maps, sum, &entry);
        (void)!maps_find(maps, NULL, NULL, "rhlike", "5.4", "i386", &entry);
        (void)!maps_find(maps, NULL, NULL, "debianlike", NULL, "amd64", &entry);
    }
    maps_free(maps);
    return 0;
}
