/* The optimal string alignment distance, and what is near by it. See nearest.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/nearest.h"

#include <stdio.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many keys make NAME of the LENGTH bytes of WORD; or, for one more, a name that goes on
 * behind that. Both are at most NEAREST_MAX bytes. */
static unsigned distance(const char *word, size_t length, const char *name, size_t name_length)
{
    unsigned rows[3][NEAREST_MAX + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= name_length; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= length; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= name_length; j++) {
            unsigned replaced = last[j - 1] + (word[i - 1] != name[j - 1]);
            row[j] = least(replaced, least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && word[i - 1] == name[j - 2] && word[i - 2] == name[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        unsigned *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    unsigned best = last[name_length];
    for (size_t j = 1; j < name_length; j++)
        best = least(best, last[j] + 1);
    return best;
}

void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t name_length = strlen(name);
    unsigned bound = nearest->length <= 3 ? 1 : nearest->length <= 7 ? 2 : 3;

    if (nearest->length == 0 || nearest->length > NEAREST_MAX || name_length > NEAREST_MAX)
        return;
    unsigned keys = distance(nearest->word, nearest->length, name, name_length);
    /* Not what shares no more than its length. */
    if (keys > bound || keys >= nearest->length || (nearest->best && keys >= nearest->distance))
        return;
    nearest->best = name;
    nearest->distance = keys;
}

const char *nearest_hint(struct nearest *nearest)
{
    nearest->hint[0] = '\0';
    if (nearest->best)
        snprintf(nearest->hint, sizeof nearest->hint, "; did you mean '%s'?", nearest->best);
    return nearest->hint;
}
