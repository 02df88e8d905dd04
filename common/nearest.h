/* Which of some known words somebody meant: for "did you mean …?".
 *
 *     struct nearest nearest = NEAREST(word);
 *     for (…) nearest_offer(&nearest, name);
 *     … "there is no command '%s'%s", word, nearest_hint(&nearest)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

#include "common/memory.h"

/* Bytes of a word; what is longer is like no other. */
#define NEAREST_MAX 48

struct nearest {
    const char *word;
    size_t length;
    const char *best; /* borrowed from who offered it; NULL: none is near enough */
    unsigned distance;
    char hint[2 * NEAREST_MAX];
};
#define NEAREST_PART(text, size)         \
    {                                    \
        .word = (text), .length = (size) \
    }
#define NEAREST(text) NEAREST_PART(text, strlen(text))

/* Takes NAME for the best when fewer keys have to be pressed to make it of the word than of any
 * earlier one: a letter put in, left out or replaced, or two that changed places. The end of a NAME
 * may be missing altogether, for one more. The bound grows with the word: 1 up to 3 letters, 2 up
 * to 7, else 3. */
void nearest_offer(struct nearest *nearest, const char *name);

/* "; did you mean 'NAME'?"; "" when nothing is near. It lives as long as NEAREST. */
const char *nearest_hint(struct nearest *nearest) must_check;

#endif
