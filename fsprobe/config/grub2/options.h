/* How a command reads its options: as GRUB's own parser, by which a wrong option is an error and
 * the command is not executed.
 *
 * Source: GRUB 2.06's grub-core/lib/arg.c, and grub-emu.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_OPTIONS_H
#define FSPROBE_CONFIG_GRUB2_OPTIONS_H

#include "fsprobe/config/grub2/run.h"

#define GRUB2_OPTIONS_MAX 16 /* of one command */

/* What stands behind an option. */
enum grub2_value { GRUB2_FLAG, GRUB2_REQUIRED, GRUB2_OPTIONAL };

struct grub2_option {
    char letter;      /* 0: none */
    const char *name; /* without "--" */
    enum grub2_value value;
    bool dashes; /* of the first row, for the command: what it does not know it takes for a word */
};
/* A row without a name ends a table. */
#define GRUB2_OPTIONS_END \
    {                     \
        .name = NULL      \
    }

/* What a command was called with. The texts are those of the call. */
struct grub2_parsed {
    struct {
        bool set;
        const char *value; /* the last one, or NULL */
    } options[GRUB2_OPTIONS_MAX];
    const char **words; /* NULL-terminated */
    size_t count;
    /* All options with values in the order of the call: for those that may stand several times. */
    struct {
        int option;
        const char *value;
    } * values;
    size_t value_count;
};

/* Reads the words of CALL by TABLE. True when the command is to be executed; else *STATUS is what
 * it answers, with a problem unless help was asked for. PARSED is to be freed in any case. */
bool grub2_parse_options(struct grub2 *g, const struct grub2_call *call,
                         const struct grub2_option *table, struct grub2_parsed *parsed,
                         int *status) must_check;
void grub2_parsed_free(struct grub2_parsed *parsed);
#define auto_grub2_parsed __attribute__((cleanup(grub2_parsed_free)))

#endif
