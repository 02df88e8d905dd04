/* The lines of what is offered. See offers.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/complete/offers.h"

#include <string.h>

void offers_add(struct offers *offers, const char *prefix, const char *word, size_t length,
                const char *suffix, const char *help)
{
    auto_free char *whole = xasprintf("%s%.*s%s", prefix, (int)length, word, suffix);

    if (text_starts(whole, offers->typed))
        (void)buffer_addf(&offers->out, "%s%s%s\n", whole, help ? "\t" : "", help ? help : "");
}

void offers_add_list(struct offers *offers, const char *prefix, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        offers_add(offers, prefix, words[i], strlen(words[i]), "", NULL);
}

void offers_add_paths(struct offers *offers, const char *what)
{
    (void)buffer_addf(&offers->out, "\t%s\n", what);
}
