/* What completion offers, as it is printed: a line of each word, what it is for behind a tab. Only
 * words that go on as what was typed does. A line without a word says that files, or directories,
 * may be named, which the shell knows better:
 *
 *     --distro=	rhlike (default), sleslike, … or auto
 *     	files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMPLETE_OFFERS_H
#define LOADER_COMPLETE_OFFERS_H

#include <stddef.h>

#include "common/text.h"

/* Bytes of all that is offered: ten thousand VMs with the longest of names. */
#define OFFERS_MAX (1024 * 1024)

struct offers {
    const char *typed; /* the word at the cursor */
    struct buffer out;
};

/* Offers the word PREFIX WORD (LENGTH bytes of it) SUFFIX with what HELP says of it (NULL:
 * nothing). Each is one line of text without a tab. */
void offers_add(struct offers *offers, const char *prefix, const char *word, size_t length,
                const char *suffix, const char *help);
/* The same of a list that NULL ends. */
void offers_add_list(struct offers *offers, const char *prefix, const char *const *words);
/* Offers "files" or "directories". */
void offers_add_paths(struct offers *offers, const char *what);

#endif
