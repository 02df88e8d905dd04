/* One line of a table. See maps_line.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/maps/maps_line.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>

/* The hash key takes so many digits of a sum at a time: 64 bits. */
#define KEY_DIGITS 16

#define TREE_PREFIX "tree:"

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
uint64_t map_sum_key(const char *sum)
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

bool map_sum_is_digest(const char *sum)
{
    return is_digest(sum, strlen(sum));
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

/* --- the fields ---------------------------------------------------------------------------- */

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

static int read_sum(struct map_line *line, struct error *err)
{
    size_t length = strlen(line->sum);

    if (is_digest(line->sum, length)) {
        line->key = map_sum_key(line->sum);
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

static int read_type(const char *type, struct map_line *line, struct error *err)
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

static int read_overlay(const char *overlay, struct map_line *line, struct error *err)
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
static int read_fields(char *at, char *end, struct map_line *line, struct error *err)
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

int map_line_read(struct map_line *line, char *at, char *end, struct error *err)
{
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
    return read_fields(at, end, line, err) < 0 ? -1 : 1;
}

/* --- tree patterns ------------------------------------------------------------------------- */

/* A tree that is silent is matched by what matches nothing: "*". */
static bool fits(const char *pattern, const char *fact)
{
    const char *text = fact ? fact : "";

    return strnlen(text, MAP_FACT_MAX + 1) <= MAP_FACT_MAX &&
           fnmatch(pattern, text, FNM_CASEFOLD | FNM_NOESCAPE) == 0;
}

bool map_line_fits(const struct map_line *line, const char *family, const char *version,
                   const char *arch)
{
    const char *facts = line->sum + strlen(TREE_PREFIX);
    char pattern[MAP_LINE_MAX + 1], *rest = pattern;

    /* As long as a line at most, with the two colons that is_tree_pattern() has seen. */
    memcpy(pattern, facts, strlen(facts) + 1);
    const char *family_pattern = strsep(&rest, ":");
    if (!fits(family_pattern, family))
        return false;
    const char *version_pattern = strsep(&rest, ":");
    return fits(version_pattern, version) && fits(rest, arch);
}
