/* Who wrote the words of a command line.
 *
 * xapi calls a bootloader in one of two forms:
 *
 *     -q --vm UUID WORD… DISK
 *     -q --default_args=TEXT --extra_args=TEXT --vm=UUID WORD… DISK
 *
 * The WORDs are the VM's PV_bootloader_args, split at single spaces: whoever may edit the VM wrote
 * them, and no option, path or program of dom0 is theirs to name. In the older form the first word
 * may also be empty in the place of -q. Both forms name one disk (ocaml/xenops/bootloader.ml and
 * xenopsd's bootloader.ml of xen-api say so), the last word.
 *
 * So the words are taken apart before any is understood: what stands up to the VM's ID is the
 * toolstack's, the last word is its disk, and what is between must be whole by itself. A command
 * line of another form is root's own, or that of xl, whose xl.cfg is root's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SETTINGS_WORDS_H
#define LOADER_SETTINGS_WORDS_H

#include <stdbool.h>

#include "loader/settings/options_table.h"

struct words {
    enum command command;
    int argc;
    char **argv;
    int own;  /* argv[0 … own) are the toolstack's, or root's */
    int disk; /* argv[own … disk) an editor's; argv[disk … argc) the toolstack's disk, if any */
    bool toolstack; /* it is one of xapi's forms: else all words are root's */
};

/* Fills WORDS, which borrows ARGV. */
void words_take_apart(enum command command, int argc, char **argv, struct words *words);

/* The option that the word "--NAME[=VALUE]" or "-X" names, if COMMAND has it; else NULL. *VALUE is
 * what follows '=', inside WORD; NULL: nothing does. */
const struct option *words_option_named(enum command command, const char *word,
                                        const char **value) must_check;

/* How many words of ARGV stand in front of a command's name: options that every command takes, with
 * their values (-q, --debug, --config FILE). So a word behind "--vm ID", which may be an editor's,
 * is never a command. */
int words_before_command(int argc, char **argv);

/* What is done with one OPTION and its VALUE (NULL: it has none). 0, or -1 with ERR. */
typedef int words_option(struct settings *settings, const struct option *option, const char *value,
                         struct error *err);

/* Calls EACH for every option that is root's or the toolstack's. 0; or -1 with ERR. */
int words_read_early(const struct words *words, struct settings *settings, words_option *each,
                     struct error *err) must_check;

/* Calls EACH for every option and adds the operands to SETTINGS, whose by_editor says whether
 * WORDS' editor is to be believed, and which has room for all of them. 0; or -1 with ERR
 * (ERROR_USAGE names the word). */
int words_read(const struct words *words, struct settings *settings, words_option *each,
               struct error *err) must_check;

#endif
