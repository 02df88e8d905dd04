/* What a GRUB 2 script is once it is parsed: a tree, in one arena (see arena.h).
 *
 * Source of the language: the manual of GRUB, "Writing full configuration files directly",
 * and how GRUB 2.06's own grub-script-check and grub-emu take what the manual leaves open.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_AST_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_AST_H

#include <stdbool.h>

/* Blocks and commands inside one another: if in for in a function in a menuentry … */
#define GRUB2_NESTING_MAX 100
/* Words of one command as it is written; expansion has its own bound. */
#define GRUB2_WORDS_MAX 4096

/* A word is a row of parts: literal text, or the value of a variable. */
struct grub2_part {
    bool variable; /* `text` is its name: "root", "1", "@" */
    bool quoted;   /* not split at white space; makes an (empty) word even of nothing */
    const char *text;
    struct grub2_part *next;
};
struct grub2_word {
    const struct grub2_part *parts;
    struct grub2_word *next;
};

/* "{ … }" behind a command: its text, braces included, and what it holds. */
struct grub2_block {
    const char *text;
    const struct grub2_node *body;
};

enum grub2_kind { GRUB2_COMMAND, GRUB2_IF, GRUB2_FOR, GRUB2_WHILE, GRUB2_FUNCTION };

/* One statement; `next` is the one behind it in the same list. */
struct grub2_node {
    enum grub2_kind kind;
    unsigned line;                      /* in the file */
    const char *source;                 /* its name */
    bool until;                         /* while: turned round */
    bool own_line;                      /* it begins a line of its list */
    const char *name;                   /* for: the variable; function: its name */
    const struct grub2_word *words;     /* command; for: the list */
    const struct grub2_block *block;    /* command; or NULL */
    const struct grub2_node *condition; /* if, while */
    const struct grub2_node *body;      /* all but command */
    const struct grub2_node *otherwise; /* if: what "else" or "elif" brings */
    struct grub2_node *next;
};

#endif
