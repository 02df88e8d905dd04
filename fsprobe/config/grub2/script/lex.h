/* The words of a GRUB 2 script. Private to lex.c and parse.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_LEX_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_LEX_H

#include "fsprobe/config/grub2/script/ast.h"
#include "fsprobe/config/grub2/script/source.h"

enum grub2_token_kind {
    GRUB2_END,
    GRUB2_NEWLINE,
    GRUB2_SEMICOLON,
    GRUB2_OPEN,  /* { */
    GRUB2_CLOSE, /* } */
    GRUB2_WORD,
    GRUB2_WRONG /* what no script may hold there; `why` says what */
};

/* Words that GRUB keeps for itself where a command begins. */
enum grub2_keyword {
    GRUB2_NO_KEYWORD,
    GRUB2_KEY_IF,
    GRUB2_KEY_THEN,
    GRUB2_KEY_ELIF,
    GRUB2_KEY_ELSE,
    GRUB2_KEY_FI,
    GRUB2_KEY_FOR,
    GRUB2_KEY_IN,
    GRUB2_KEY_WHILE,
    GRUB2_KEY_UNTIL,
    GRUB2_KEY_DO,
    GRUB2_KEY_DONE,
    GRUB2_KEY_FUNCTION,
    GRUB2_KEY_RESERVED /* case, esac, select: kept, but without a meaning */
};

struct grub2_token {
    enum grub2_token_kind kind;
    enum grub2_keyword keyword;
    const char *name;               /* a word that is a plain name, else NULL */
    const struct grub2_part *parts; /* a word's */
    size_t start, end;              /* bytes of the source */
    unsigned line;                  /* where it starts, in the file */
    const char *why;
};

struct grub2_lexer {
    struct grub2_arena *arena;
    const struct grub2_source *source;
    size_t at;     /* the next byte */
    size_t row;    /* the line of source->text that it is on, from 0 */
    bool no_space; /* the arena is full */
};

/* The next token. After the end, GRUB2_END for ever. */
struct grub2_token grub2_lex(struct grub2_lexer *lexer);
/* Goes on behind the next newline: where GRUB goes on after an error. */
void grub2_lex_skip_line(struct grub2_lexer *lexer);

#endif
