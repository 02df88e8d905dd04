/* Texts matched against patterns. See wildcard.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/wildcard.h"

/* Whether BYTE is in the set whose '[' stands at PATTERN; *BEHIND gets where it ends. A '[' that is
 * never closed stands for itself. */
static bool in_set(const char *pattern, const char *end, char byte, const char **behind)
{
    const char *p = pattern + 1;
    bool inverted = p < end && (*p == '!' || *p == '^'), found = false;

    p += inverted;
    for (const char *first = p; p < end && (*p != ']' || p == first);) {
        char from = *p++, to = from;
        if (p + 1 < end && *p == '-' && p[1] != ']') {
            to = p[1];
            p += 2;
        }
        found |=
            (unsigned char)byte >= (unsigned char)from && (unsigned char)byte <= (unsigned char)to;
    }
    if (p >= end) {
        *behind = pattern + 1;
        return byte == '[';
    }
    *behind = p + 1;
    return found != inverted;
}

/* Whether BYTE is what stands at PATTERN, which is no '*'; *BEHIND gets what follows. */
static bool match_one(const char *pattern, const char *end, char byte, bool sets,
                      const char **behind)
{
    if (*pattern == '[' && sets)
        return in_set(pattern, end, byte, behind);
    *behind = pattern + 1;
    if (*pattern == '?')
        return true;
    if (*pattern == '\\' && pattern + 1 < end) {
        *behind = pattern + 2;
        return pattern[1] == byte;
    }
    return *pattern == byte;
}

/* Of several stars only the last one may still take more: what an earlier one took is as good as
 * anything longer. */
bool wildcard_match(const char *pattern, size_t length, const char *text, bool sets)
{
    const char *end = pattern + length, *star = NULL, *again = NULL, *behind;

    while (*text) {
        if (pattern < end && *pattern == '*') {
            star = ++pattern;
            again = text;
        } else if (pattern < end && match_one(pattern, end, *text, sets, &behind)) {
            pattern = behind;
            text++;
        } else if (star) {
            pattern = star;
            text = ++again;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}
