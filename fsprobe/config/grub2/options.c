/* How a command reads its options. See options.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/options.h"

#include <string.h>

/* The row of TABLE that --NAME (LENGTH bytes) or -LETTER means; -1 when none. */
static int find_option(const struct grub2_option *table, const char *name, size_t length,
                       char letter)
{
    for (int i = 0; table[i].name; i++) {
        if (name ? strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0
                 : table[i].letter == letter)
            return i;
    }
    return -1;
}

/* --NAME, --NAME=VALUE, --NAME VALUE; the word at work is the one before state->at. */
static int long_option(const struct grub2_call *call, const struct grub2_option *table,
                       struct grub2_options *state, const char *name)
{
    size_t length = strcspn(name, "=");
    int found = find_option(table, name, length, 0);

    state->value = name[length] ? name + length + 1 : NULL;
    if (found >= 0 && table[found].value == GRUB2_REQUIRED && !state->value &&
        state->at < call->argc)
        state->value = call->argv[state->at++];
    return found;
}

/* One letter of -abc VALUE; only the last one may have a value. */
static int short_option(const struct grub2_call *call, const struct grub2_option *table,
                        struct grub2_options *state)
{
    const char *word = call->argv[state->at];
    int found = find_option(table, NULL, 0, word[state->letter++]);

    state->value = NULL;
    if (word[state->letter])
        return found;
    state->at++;
    state->letter = 0;
    if (found < 0 || table[found].value == GRUB2_FLAG || state->at >= call->argc)
        return found;
    const char *following = call->argv[state->at];
    if (table[found].value == GRUB2_REQUIRED || strlen(following) < 2 || following[0] != '-') {
        state->value = following;
        state->at++;
    }
    return found;
}

int grub2_next_option(const struct grub2_call *call, const struct grub2_option *table,
                      struct grub2_options *state)
{
    int found = -1;

    if (state->at == 0)
        state->at = 1;
    while (found < 0 && state->at < call->argc) {
        const char *word = call->argv[state->at];
        if (state->letter > 0) {
            found = short_option(call, table, state);
        } else if (state->words_only || word[0] != '-' || !word[1]) {
            state->word = word;
            state->at++;
            return -1;
        } else if (word[1] != '-') {
            state->letter = 1;
        } else if (!word[2]) {
            state->words_only = true;
            state->at++;
        } else {
            state->at++;
            found = long_option(call, table, state, word + 2);
        }
    }
    return found < 0 ? -2 : found;
}
