/* What a GRUB 2 script is once it is parsed: a tree, in one arena.
 *
 * Source of the language: the manual of GRUB, "Writing full configuration files directly",
 * and how GRUB 2.06's own grub-script-check and grub-emu take what the manual leaves open.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_AST_H
#define FSPROBE_CONFIG_GRUB2_AST_H

#include <stdbool.h>
#include <stddef.h>

#include "fsprobe/config/menu.h"

/* Bytes that all parsed scripts of one guest may take together. */
#define GRUB2_ARENA_MAX (24 * 1024 * 1024)
/* Blocks and commands inside one another: if in for in a function in a menuentry … */
#define GRUB2_NESTING_MAX 100
/* Words of one command as it is written; expansion has its own bound. */
#define GRUB2_WORDS_MAX 4096

/* Memory that is given back all at once. */
struct grub2_arena {
    struct grub2_chunk *chunks;
    size_t used; /* bytes, over all chunks */
};
/* SIZE zeroed bytes that live as long as the arena; NULL when GRUB2_ARENA_MAX is reached. */
void *grub2_arena_take(struct grub2_arena *arena, size_t size);
/* LENGTH bytes of TEXT and a NUL; NULL as above. */
char *grub2_arena_text(struct grub2_arena *arena, const char *text, size_t length);
void grub2_arena_free(struct grub2_arena *arena);

/* A script as it is read: without carriage returns, NULs, and the lines that begin with
 * '#', which GRUB drops before its lexer sees them (so also inside quotes). */
struct grub2_source {
    const char *name; /* for messages: "/boot/grub/grub.cfg" */
    const char *text;
    size_t length;
    const unsigned *lines; /* lines[N]: where line N of `text` stood in the file, from 1 */
};
/* Everything is copied into ARENA; false when that is full. */
bool grub2_source_read(struct grub2_arena *arena, struct grub2_source *source, const char *name,
                       const char *bytes, size_t length) must_check;

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

/* Parses SOURCE. A line that is wrong is left out, as GRUB leaves it out, together with the
 * lines of the statement that it stands in as far as they were read; MENU gets the problem.
 * NULL when there is nothing to execute. */
const struct grub2_node *grub2_parse(struct grub2_arena *arena, const struct grub2_source *source,
                                     struct menu *menu) must_check;

#endif
