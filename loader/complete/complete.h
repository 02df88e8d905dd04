/* Completion: what the word at the cursor of a command line may become. The shells' own parts, in
 * completions/, ask
 *
 *     eliloader complete -- PROGRAM WORD… WORD
 *
 * and show what is printed (offers.h), so that bash, zsh and fish say the same, and what this very
 * program knows: its table of options, its usages, the families, the VMs of this host. The words
 * are only read: nothing is started, no disk and no network is looked at. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef LOADER_COMPLETE_COMPLETE_H
#define LOADER_COMPLETE_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "loader/commands/commands.h"

struct completion {
    const struct command_word *commands;
    size_t command_count;
    const struct command_word *command; /* of that command line */
    bool bare;                          /* no word of it names the command */
};

/* What may stand in the place of the last of the COUNT WORDS, which follow the command's name;
 * there is at least one. The caller frees; never NULL. */
char *complete(const struct completion *completion, int count, char **words) must_check;

#endif
