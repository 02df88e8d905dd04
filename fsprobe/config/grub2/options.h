/* How a command reads its options.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_OPTIONS_H
#define FSPROBE_CONFIG_GRUB2_OPTIONS_H

#include "fsprobe/config/grub2/run.h"

/* Reads an option that a command may have. VALUE: */
enum grub2_value { GRUB2_FLAG, GRUB2_REQUIRED, GRUB2_OPTIONAL };
struct grub2_option {
    char letter;      /* 0: none */
    const char *name; /* without "--"; NULL ends the table */
    enum grub2_value value;
};
/* Walks the words of a call. Starts zeroed. */
struct grub2_options {
    size_t at;         /* the word at work */
    size_t letter;     /* the letter in it, of -abc */
    bool words_only;   /* "--" was seen */
    const char *value; /* of the option that was found, or NULL */
    const char *word;  /* the word that is no option */
};
/* The next option: its index in TABLE; or -1 with `word` set; -2 at the end. Options that the
 * table lacks are passed over: other builds of GRUB know more of them. */
int grub2_next_option(const struct grub2_call *call, const struct grub2_option *table,
                      struct grub2_options *state) must_check;

#endif
