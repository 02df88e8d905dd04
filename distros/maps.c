/* The tables of installation media: parsed in one pass, found by a hash of the sum. See maps.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/maps.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/memory.h"

#define MD5_DIGITS    32
#define SHA256_DIGITS 64
/* The hash key takes so many digits of a sum at a time: 64 bits. */
#define KEY_DIGITS 16

#define SLOTS_AHEAD 16
/* Bytes of a line as most are: an MD5, "cpio", two names. */
#define USUAL_LINE 48

#define TREE_PREFIX "tree:"

struct line {
    const char *sum, *overlay, *name; /* in a table's text; overlay NULL: "-" */
    uint64_t key;                     /* of the sum */
    uint32_t table, number;
    enum ramdisk_type type;
    bool append, tree;
};

struct table {
    char *path, *text; /* lines point into the text */
};

struct maps {
    struct table *tables;
    size_t table_count;
    struct line *lines;
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

/* --- keys ---------------------------------------------------------------------------------- */

/* The value of a hex digit, plus one; 0: it is none. */
static const unsigned char hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

static int hex_value(char c)
{
    return hex_digits[(unsigned char)c] - 1;
}

/* True when SUM (LENGTH bytes) is an MD5 or a SHA-256 in hex. */
static bool is_digest(const char *sum, size_t length)
{
    if (length != MD5_DIGITS && length != SHA256_DIGITS)
        return false;
    for (size_t i = 0; i < length; i++)
        if (hex_value(sum[i]) < 0)
            return false;
    return true;
}

/* All digits count: a table may hold sums that only end differently. */
static uint64_t digest_key(const char *sum)
{
    uint64_t key = 0;

    for (; *sum; sum += KEY_DIGITS) {
        uint64_t part = 0;
        for (size_t i = 0; i < KEY_DIGITS; i++)
            part = part << 4 | (uint64_t)hex_value(sum[i]);
        key = (key ^ part) * UINT64_C(0x9e3779b97f4a7c15);
        key ^= key >> 32;
    }
    return key;
}

/* FNV-1a of the pattern, whatever the case of its letters. */
static uint64_t pattern_key(const char *sum)
{
    uint64_t key = UINT64_C(14695981039346656037);

    for (; *sum; sum++) {
        unsigned char c = (unsigned char)*sum;
        key = (key ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * UINT64_C(1099511628211);
    }
    return key;
}

/* The slot of the line with this SUM, or the free one where it belongs. */
static uint32_t *find_slot(const struct maps *maps, const char *sum, uint64_t key)
{
    size_t at = (size_t)key & (maps->slot_count - 1);

    while (maps->slots[at]) {
        const struct line *line = &maps->lines[maps->slots[at] - 1];
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
            const struct line *line = &maps->lines[old[i] - 1];
            *find_slot(maps, line->sum, line->key) = old[i];
        }
    free(old);
}

/* --- one line ------------------------------------------------------------------------------ */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Cuts the next field off the line at *AT; it ends where the next one begins. "" when there is
 * none. */
static char *cut_field(char **at, const char *end)
{
    char *field = *at, *stop = field;

    while (stop < end && !is_blank(*stop))
        stop++;
    *at = stop;
    while (*at < end && is_blank(**at))
        (*at)++;
    /* The end of the line is a byte of ours too. */
    *stop = '\0';
    return field;
}

/* The three fields behind "tree:", each of at least one character. */
static bool is_tree_pattern(const char *sum)
{
    const char *version = strchr(sum + strlen(TREE_PREFIX), ':');
    const char *arch = version ? strchr(version + 1, ':') : NULL;

    return arch && version > sum + strlen(TREE_PREFIX) && arch > version + 1 && arch[1] &&
           !strchr(arch + 1, ':');
}

static int read_sum(struct line *line, struct error *err)
{
    size_t length = strlen(line->sum);

    if (is_digest(line->sum, length)) {
        line->key = digest_key(line->sum);
        return 0;
    }
    if (!text_starts(line->sum, TREE_PREFIX))
        return error_set(err, ERROR_INTERNAL,
                         "'%s' is neither an MD5 (32 hex digits), nor a SHA-256 (64), nor "
                         "tree:FAMILY:VERSION:ARCH",
                         line->sum);
    if (!is_tree_pattern(line->sum))
        return error_set(err, ERROR_INTERNAL,
                         "'%s' is not tree:FAMILY:VERSION:ARCH, with neither an empty part nor a "
                         "further colon",
                         line->sum);
    line->tree = true;
    line->key = pattern_key(line->sum);
    return 0;
}

static int read_type(const char *type, struct line *line, struct error *err)
{
    if (strcmp(type, "cpio") == 0)
        line->type = RAMDISK_CPIO;
    else if (strcmp(type, "ext2") == 0)
        line->type = RAMDISK_EXT2;
    else if (strcmp(type, "cpio+append") == 0)
        line->append = true;
    else
        return error_set(err, ERROR_INTERNAL, "the type '%s' is none of cpio, ext2, cpio+append",
                         type);
    return 0;
}

const char *map_overlay_fault(const char *overlay)
{
    if (strchr(overlay, '/'))
        return "is a path; an overlay lies in the folder of its table and is named without one";
    if (!*overlay || strcmp(overlay, ".") == 0 || strcmp(overlay, "..") == 0 ||
        strlen(overlay) > NAME_MAX || !text_is_word(overlay))
        return "cannot be the name of a file";
    return NULL;
}

static int read_overlay(const char *overlay, struct line *line, struct error *err)
{
    if (strcmp(overlay, "-") == 0)
        return 0;
    const char *fault = map_overlay_fault(overlay);
    if (fault)
        return error_set(err, ERROR_INTERNAL, "the overlay '%s' %s", overlay, fault);
    line->overlay = overlay;
    return 0;
}

/* The fields of the line from AT up to END, where a byte of ours stands. Both ends are trimmed. */
static int read_fields(char *at, char *end, struct line *line, struct error *err)
{
    static const char *const missing[] = {"TYPE, OVERLAY and NAME are", "OVERLAY and NAME are",
                                          "NAME is"};
    char *fields[3];

    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        fields[i] = cut_field(&at, end);
        if (at == end)
            return error_set(err, ERROR_INTERNAL, "%s missing (SUM TYPE OVERLAY NAME)", missing[i]);
    }
    *end = '\0';
    line->sum = fields[0];
    line->name = at;
    if (!text_is_clean(line->name))
        return error_set(err, ERROR_INTERNAL, "its NAME holds a control character");
    if (read_sum(line, err) < 0 || read_type(fields[1], line, err) < 0)
        return -1;
    return read_overlay(fields[2], line, err);
}

/* --- all lines ----------------------------------------------------------------------------- */

static bool agree(const struct line *a, const struct line *b)
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

static int add_line(struct maps *maps, const struct line *line, struct error *err)
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
    const struct line *line = &maps->lines[number];
    uint32_t *slot = find_slot(maps, line->sum, line->key);

    if (!*slot) {
        *slot = (uint32_t)number + 1;
        if (line->tree)
            add_tree(maps, (uint32_t)number);
        return 0;
    }
    const struct line *first = &maps->lines[*slot - 1];
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
    struct line line = {.table = (uint32_t)maps->table_count - 1, .number = number};

    if (end - at > MAP_LINE_MAX)
        return error_set(err, ERROR_INTERNAL, "it is longer than %d bytes", MAP_LINE_MAX);
    while (at < end && is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    if (at == end || *at == '#')
        return 0;
    if (memchr(at, '\0', (size_t)(end - at)))
        return error_set(err, ERROR_INTERNAL, "it holds a NUL byte: this is no table");
    if (read_fields(at, end, &line, err) < 0)
        return -1;
    return add_line(maps, &line, err);
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

static void give(const struct maps *maps, const struct line *line, struct map_entry *entry)
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
    if (!sum || !maps->slot_count || strlen(sum) != digits || !is_digest(sum, digits))
        return false;
    uint32_t slot = *find_slot(maps, sum, digest_key(sum));
    if (!slot)
        return false;
    give(maps, &maps->lines[slot - 1], entry);
    return true;
}

/* A tree that is silent is matched by what matches nothing: "*". */
static bool fits(const char *pattern, const char *fact)
{
    const char *text = fact ? fact : "";

    return strnlen(text, MAP_FACT_MAX + 1) <= MAP_FACT_MAX &&
           fnmatch(pattern, text, FNM_CASEFOLD | FNM_NOESCAPE) == 0;
}

static bool tree_fits(const char *sum, const char *family, const char *version, const char *arch)
{
    char pattern[MAP_LINE_MAX + 1], *rest = pattern;

    /* As long as a line at most, with the two colons that is_tree_pattern() has seen. */
    strcpy(pattern, sum + strlen(TREE_PREFIX));
    const char *family_pattern = strsep(&rest, ":");
    if (!fits(family_pattern, family))
        return false;
    const char *version_pattern = strsep(&rest, ":");
    return fits(version_pattern, version) && fits(rest, arch);
}

bool maps_find(const struct maps *maps, const char *md5, const char *sha256, const char *family,
               const char *version, const char *arch, struct map_entry *entry)
{
    if (find_sum(maps, sha256, SHA256_DIGITS, entry) || find_sum(maps, md5, MD5_DIGITS, entry))
        return true;
    for (size_t i = 0; i < maps->tree_count; i++) {
        const struct line *line = &maps->lines[maps->trees[i]];
        if (tree_fits(line->sum, family, version, arch)) {
            give(maps, line, entry);
            return true;
        }
    }
    return false;
}

bool maps_entry(const struct maps *maps, size_t number, const char **sum, struct map_entry *entry)
{
    if (number >= maps->line_count)
        return false;
    *sum = maps->lines[number].sum;
    give(maps, &maps->lines[number], entry);
    return true;
}
