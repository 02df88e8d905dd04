/* The tables of installation media: read in one pass, found by a hash of the sum. See maps.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/maps/maps.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"
#include "distros/maps/maps_line.h"

#define SLOTS_AHEAD 16
/* Bytes of a line as most are: an MD5, "cpio", two names. */
#define USUAL_LINE 48

struct table {
    char *path, *text; /* lines point into the text */
};

struct maps {
    struct table *tables;
    size_t table_count;
    struct map_line *lines;
    size_t line_count, line_capacity;
    /* Open addressing: numbers of lines, counted from 1; 0 is a free slot. Of lines with the same
     * sum the first one is here. */
    uint32_t *slots;
    size_t slot_count; /* a power of two, twice the lines or more */
    uint32_t *trees;   /* lines with a tree pattern, in order */
    size_t tree_count, tree_capacity;
};

struct maps *maps_new(void)
{
    return xcalloc(1, sizeof(struct maps));
}

void maps_free(struct maps *maps)
{
    if (!maps)
        return;
    for (size_t i = 0; i < maps->table_count; i++) {
        free(maps->tables[i].path);
        free(maps->tables[i].text);
    }
    free(maps->tables);
    free(maps->lines);
    free(maps->slots);
    free(maps->trees);
    free(maps);
}

/* --- the index ----------------------------------------------------------------------------- */

/* The slot of the line with this SUM, or the free one where it belongs. */
static uint32_t *find_slot(const struct maps *maps, const char *sum, uint64_t key)
{
    size_t at = (size_t)key & (maps->slot_count - 1);

    while (maps->slots[at]) {
        const struct map_line *line = &maps->lines[maps->slots[at] - 1];
        if (line->key == key && strcasecmp(line->sum, sum) == 0)
            break;
        at = (at + 1) & (maps->slot_count - 1);
    }
    return &maps->slots[at];
}

/* Makes room for COUNT lines in all, or more. */
static void reserve(struct maps *maps, size_t count)
{
    uint32_t *old = maps->slots;
    size_t old_count = maps->slot_count;

    if (maps->line_capacity == 0)
        maps->line_capacity = 256;
    while (maps->line_capacity < count)
        maps->line_capacity *= 2;
    maps->lines = xreallocarray(maps->lines, maps->line_capacity, sizeof *maps->lines);
    maps->slot_count = 2 * maps->line_capacity;
    maps->slots = xcalloc(maps->slot_count, sizeof *maps->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i]) {
            const struct map_line *line = &maps->lines[old[i] - 1];
            *find_slot(maps, line->sum, line->key) = old[i];
        }
    free(old);
}

/* --- all lines ----------------------------------------------------------------------------- */

static bool agree(const struct map_line *a, const struct map_line *b)
{
    return a->type == b->type && a->append == b->append &&
           (a->overlay && b->overlay ? strcmp(a->overlay, b->overlay) == 0
                                     : a->overlay == b->overlay);
}

static void add_tree(struct maps *maps, uint32_t number)
{
    if (maps->tree_count == maps->tree_capacity) {
        maps->tree_capacity = maps->tree_capacity ? 2 * maps->tree_capacity : 64;
        maps->trees = xreallocarray(maps->trees, maps->tree_capacity, sizeof *maps->trees);
    }
    maps->trees[maps->tree_count++] = number;
}

static int add_line(struct maps *maps, const struct map_line *line, struct error *err)
{
    if (maps->line_count == MAP_LINES_MAX)
        return error_set(err, ERROR_INTERNAL, "all tables together have more than %d lines",
                         MAP_LINES_MAX);
    if (maps->line_count == maps->line_capacity)
        reserve(maps, maps->line_count + 1);
    maps->lines[maps->line_count++] = *line;
    return 0;
}

/* Lets line NUMBER be found, unless an earlier one with its sum is. */
static int index_line(struct maps *maps, size_t number, struct error *err)
{
    const struct map_line *line = &maps->lines[number];
    uint32_t *slot = find_slot(maps, line->sum, line->key);

    if (!*slot) {
        *slot = (uint32_t)number + 1;
        if (line->tree)
            add_tree(maps, (uint32_t)number);
        return 0;
    }
    const struct map_line *first = &maps->lines[*slot - 1];
    if (agree(first, line))
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "%s, line %u: it says something else of %s than %s, line %u; remove one of "
                     "the two",
                     maps->tables[line->table].path, line->number, line->sum,
                     maps->tables[first->table].path, first->number);
}

/* Those from FIRST on. All slots lie apart from each other in memory: asked for ahead, they are
 * there when their turn comes. */
static int index_lines(struct maps *maps, size_t first, struct error *err)
{
    for (size_t i = first; i < maps->line_count; i++) {
        if (i + SLOTS_AHEAD < maps->line_count)
            __builtin_prefetch(
                &maps->slots[maps->lines[i + SLOTS_AHEAD].key & (maps->slot_count - 1)], 1);
        if (index_line(maps, i, err) < 0)
            return -1;
    }
    return 0;
}

/* One line of the text, from AT up to END, which is its newline or the NUL behind the text. */
static int take_line(struct maps *maps, unsigned number, char *at, char *end, struct error *err)
{
    struct map_line line = {.table = (uint32_t)maps->table_count - 1, .number = number};
    int found = map_line_read(&line, at, end, err);

    return found > 0 ? add_line(maps, &line, err) : found;
}

/* All lines of TABLE, the last one, whose text has LENGTH bytes and a NUL. */
static int read_lines(struct maps *maps, const struct table *table, size_t length,
                      struct error *err)
{
    char *path = table->path, *end = table->text + length;
    size_t first = maps->line_count;
    unsigned number = 0;

    /* As if all were lines of the usual length: a table that grows is hashed again and again. */
    size_t expected = first + length / USUAL_LINE;
    if (expected > maps->line_capacity)
        reserve(maps, expected < MAP_LINES_MAX ? expected : MAP_LINES_MAX);
    for (char *at = table->text, *stop; at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (take_line(maps, ++number, at, stop, err) < 0)
            return error_prefix(err, "%s, line %u", path, number);
    }
    return index_lines(maps, first, err);
}

int maps_take(struct maps *maps, const char *path, char *text, size_t length, struct error *err)
{
    if (length > MAP_SIZE_MAX) {
        free(text);
        return error_set(err, ERROR_INTERNAL, "the table %s is larger than %d bytes", path,
                         MAP_SIZE_MAX);
    }
    maps->tables = xreallocarray(maps->tables, maps->table_count + 1, sizeof *maps->tables);
    struct table *table = &maps->tables[maps->table_count++];
    *table = (struct table){.path = xstrdup(path), .text = text};
    return read_lines(maps, table, length, err);
}

int maps_add(struct maps *maps, const char *path, const char *text, size_t length,
             struct error *err)
{
    char *copy = xmalloc(length + 1);

    if (length)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return maps_take(maps, path, copy, length, err);
}

/* --- finding ------------------------------------------------------------------------------- */

static void give(const struct maps *maps, const struct map_line *line, struct map_entry *entry)
{
    *entry = (struct map_entry){.type = line->type,
                                .append = line->append,
                                .overlay = line->overlay,
                                .name = line->name,
                                .table = maps->tables[line->table].path,
                                .line = line->number,
                                .tree = line->tree};
}

static bool find_sum(const struct maps *maps, const char *sum, size_t digits,
                     struct map_entry *entry)
{
    if (!sum || !maps->slot_count || strlen(sum) != digits || !map_sum_is_digest(sum))
        return false;
    uint32_t slot = *find_slot(maps, sum, map_sum_key(sum));
    if (!slot)
        return false;
    give(maps, &maps->lines[slot - 1], entry);
    return true;
}

bool maps_find(const struct maps *maps, const char *md5, const char *sha256, const char *family,
               const char *version, const char *arch, struct map_entry *entry)
{
    if (find_sum(maps, sha256, SHA256_DIGITS, entry) || find_sum(maps, md5, MD5_DIGITS, entry))
        return true;
    for (size_t i = 0; i < maps->tree_count; i++) {
        const struct map_line *line = &maps->lines[maps->trees[i]];
        if (map_line_fits(line, family, version, arch)) {
            give(maps, line, entry);
            return true;
        }
    }
    return false;
}

bool maps_have_sums(const struct maps *maps)
{
    return maps->line_count > maps->tree_count;
}

unsigned maps_digests(const struct maps *maps)
{
    unsigned digests = 0;

    for (size_t i = 0; i < maps->line_count && digests != DIGESTS_OF_TABLES; i++)
        if (map_sum_is_digest(maps->lines[i].sum))
            digests |= DIGEST_BIT(digest_from_digits(strlen(maps->lines[i].sum)));
    return digests;
}

bool maps_entry(const struct maps *maps, size_t number, const char **sum, struct map_entry *entry)
{
    if (number >= maps->line_count)
        return false;
    *sum = maps->lines[number].sum;
    give(maps, &maps->lines[number], entry);
    return true;
}
