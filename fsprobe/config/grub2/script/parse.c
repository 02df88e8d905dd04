/* From the words of a GRUB 2 script to its tree. See parse.h.
 *
 *   list     = command { (";" | newline) command }
 *   command  = word { word } [ block ] | if | for | while | until
 *   block    = "{" list "}"
 *
 * GRUB reads a file line by line, and more lines only while a statement is open. So the unit
 * here is what begins on one line: when something in it is wrong, none of it is executed, and
 * reading goes on with the line behind the error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/script/parse.h"

#include <string.h>

#include "fsprobe/config/grub2/script/lex.h"

struct parser {
    struct grub2_lexer lexer;
    struct grub2_token token; /* the one to look at next */
    const char *why;          /* why this unit is wrong, or NULL */
    unsigned depth;
};

static bool parse_list(struct parser *p, const struct grub2_node **list, bool *delimited);

static bool fail(struct parser *p, const char *why)
{
    if (!p->why)
        p->why = p->token.kind == GRUB2_WRONG ? p->token.why
                 : p->token.kind == GRUB2_END ? "the file ends inside a statement"
                                              : why;
    return false;
}

static void next(struct parser *p)
{
    p->token = grub2_lex(&p->lexer);
}

static bool at_keyword(const struct parser *p, enum grub2_keyword keyword)
{
    return p->token.kind == GRUB2_WORD && p->token.keyword == keyword;
}

static bool expect_keyword(struct parser *p, enum grub2_keyword keyword, const char *why)
{
    if (!at_keyword(p, keyword))
        return fail(p, why);
    next(p);
    return true;
}

static void skip_newlines(struct parser *p)
{
    while (p->token.kind == GRUB2_NEWLINE)
        next(p);
}

static bool at_delimiter(const struct parser *p)
{
    return p->token.kind == GRUB2_NEWLINE || p->token.kind == GRUB2_SEMICOLON;
}

static struct grub2_node *new_node(struct parser *p, enum grub2_kind kind)
{
    struct grub2_node *node = grub2_arena_take(p->lexer.arena, sizeof *node);

    if (!node) {
        fail(p, "the configuration is too large");
        return NULL;
    }
    node->kind = kind;
    node->line = p->token.line;
    node->source = p->lexer.source->name;
    return node;
}

/* Reads words up to what is none. */
static bool parse_words(struct parser *p, const struct grub2_word **words)
{
    struct grub2_word *first = NULL, **last = &first;

    for (size_t count = 0; p->token.kind == GRUB2_WORD; count++) {
        struct grub2_word *word = grub2_arena_take(p->lexer.arena, sizeof *word);
        if (!word)
            return fail(p, "the configuration is too large");
        if (count == GRUB2_WORDS_MAX)
            return fail(p, "a command has too many words");
        word->parts = p->token.parts;
        *last = word;
        last = &word->next;
        next(p);
    }
    *words = first;
    return true;
}

/* Reads "{ list }"; the token is at the '{'. TEXT gets it as it stands. With TEXT NULL it is a
 * function's, and then GRUB wants a delimiter in front of the '}'. */
static bool parse_braces(struct parser *p, const struct grub2_node **body, const char **text)
{
    size_t start = p->token.start;
    bool delimited = false;

    next(p);
    if (!parse_list(p, body, &delimited))
        return false;
    if (p->token.kind != GRUB2_CLOSE)
        return fail(p, "a '}' is missing");
    if (!text && !delimited)
        return fail(p, "';' or a new line is missing in front of the '}' of a function");
    if (text) {
        *text =
            grub2_arena_text(p->lexer.arena, p->lexer.source->text + start, p->token.end - start);
        if (!*text)
            return fail(p, "the configuration is too large");
    }
    next(p);
    return true;
}

static struct grub2_node *parse_simple(struct parser *p)
{
    struct grub2_node *node = new_node(p, GRUB2_COMMAND);
    struct grub2_block *block;

    if (!node || !parse_words(p, &node->words))
        return NULL;
    if (p->token.kind == GRUB2_OPEN) {
        block = grub2_arena_take(p->lexer.arena, sizeof *block);
        if (!block || !parse_braces(p, &block->body, &block->text)) {
            fail(p, "the configuration is too large");
            return NULL;
        }
        node->block = block;
    }
    return node;
}

/* Reads what follows "if" or "elif", to the end of the "fi". */
static struct grub2_node *parse_if(struct parser *p)
{
    struct grub2_node *top = NULL;
    const struct grub2_node **slot = NULL;

    do {
        struct grub2_node *node = new_node(p, GRUB2_IF);
        next(p);
        if (!node || !parse_list(p, &node->condition, NULL) ||
            !expect_keyword(p, GRUB2_KEY_THEN, "\"then\" is missing") ||
            !parse_list(p, &node->body, NULL))
            return NULL;
        if (slot)
            *slot = node;
        else
            top = node;
        slot = &node->otherwise;
    } while (at_keyword(p, GRUB2_KEY_ELIF));
    if (at_keyword(p, GRUB2_KEY_ELSE)) {
        next(p);
        if (!parse_list(p, slot, NULL))
            return NULL;
    }
    return expect_keyword(p, GRUB2_KEY_FI, "\"fi\" is missing") ? top : NULL;
}

/* Reads "do list done" into NODE. */
static struct grub2_node *parse_loop_body(struct parser *p, struct grub2_node *node)
{
    if (!expect_keyword(p, GRUB2_KEY_DO, "\"do\" is missing") ||
        !parse_list(p, &node->body, NULL) ||
        !expect_keyword(p, GRUB2_KEY_DONE, "\"done\" is missing"))
        return NULL;
    return node;
}

static struct grub2_node *parse_for(struct parser *p)
{
    struct grub2_node *node = new_node(p, GRUB2_FOR);

    next(p);
    if (!node)
        return NULL;
    if (!p->token.name) {
        fail(p, "\"for\" wants the name of a variable");
        return NULL;
    }
    node->name = p->token.name;
    next(p);
    if (!expect_keyword(p, GRUB2_KEY_IN, "\"in\" is missing") || !parse_words(p, &node->words))
        return NULL;
    if (!at_delimiter(p)) {
        fail(p, "the list of a \"for\" ends with ';' or a new line");
        return NULL;
    }
    next(p);
    skip_newlines(p);
    return parse_loop_body(p, node);
}

static struct grub2_node *parse_while(struct parser *p)
{
    struct grub2_node *node = new_node(p, GRUB2_WHILE);
    bool until = at_keyword(p, GRUB2_KEY_UNTIL);

    next(p);
    if (!node || !parse_list(p, &node->condition, NULL))
        return NULL;
    node->until = until;
    return parse_loop_body(p, node);
}

static struct grub2_node *parse_function(struct parser *p)
{
    struct grub2_node *node = new_node(p, GRUB2_FUNCTION);

    next(p);
    if (!node)
        return NULL;
    if (!p->token.name) {
        fail(p, "\"function\" wants a name of letters, digits and '_'");
        return NULL;
    }
    node->name = p->token.name;
    next(p);
    skip_newlines(p);
    if (p->token.kind != GRUB2_OPEN) {
        fail(p, "a function wants its commands in { }");
        return NULL;
    }
    return parse_braces(p, &node->body, NULL) ? node : NULL;
}

static struct grub2_node *parse_command(struct parser *p)
{
    if (p->token.kind != GRUB2_WORD) {
        fail(p, "a command is missing");
        return NULL;
    }
    switch (p->token.keyword) {
    case GRUB2_NO_KEYWORD:
        return parse_simple(p);
    case GRUB2_KEY_IF:
        return parse_if(p);
    case GRUB2_KEY_FOR:
        return parse_for(p);
    case GRUB2_KEY_WHILE:
    case GRUB2_KEY_UNTIL:
        return parse_while(p);
    case GRUB2_KEY_FUNCTION:
        fail(p, "a function cannot be defined inside a statement");
        return NULL;
    default:
        fail(p, "a keyword stands where a command is wanted");
        return NULL;
    }
}

/* Whether the token ends a list: a '}' or one of the words that go on with if and loops. */
static bool at_list_end(const struct parser *p)
{
    if (p->token.kind != GRUB2_WORD)
        return p->token.kind == GRUB2_CLOSE;
    switch (p->token.keyword) {
    case GRUB2_KEY_THEN:
    case GRUB2_KEY_ELIF:
    case GRUB2_KEY_ELSE:
    case GRUB2_KEY_FI:
    case GRUB2_KEY_DO:
    case GRUB2_KEY_DONE:
        return true;
    default:
        return false;
    }
}

/* Reads the commands of one list, at least one. Only a '}' may follow without a delimiter;
 * DELIMITED (may be NULL) tells whether there was one. */
static bool parse_commands(struct parser *p, const struct grub2_node **list, bool *delimited)
{
    struct grub2_node *first = NULL, **last = &first;
    bool own_line = true, closed;

    skip_newlines(p);
    do {
        struct grub2_node *node = parse_command(p);
        if (!node)
            return false;
        node->own_line = own_line;
        *last = node;
        last = &node->next;
        closed = p->token.kind == GRUB2_CLOSE;
        if (closed)
            break;
        if (!at_delimiter(p))
            return fail(p, "';' or a new line is missing behind a command");
        own_line = p->token.kind == GRUB2_NEWLINE;
        next(p);
        own_line |= p->token.kind == GRUB2_NEWLINE;
        skip_newlines(p);
    } while (!at_list_end(p));
    *list = first;
    if (delimited)
        *delimited = !closed;
    return true;
}

static bool parse_list(struct parser *p, const struct grub2_node **list, bool *delimited)
{
    bool parsed;

    if (p->depth == GRUB2_NESTING_MAX)
        return fail(p, "statements are nested too deeply");
    p->depth++;
    parsed = parse_commands(p, list, delimited);
    p->depth--;
    return parsed;
}

/* Reads what begins on one line and appends it at *LAST; false when it is wrong. */
static bool parse_unit(struct parser *p, struct grub2_node ***last)
{
    struct grub2_node *first = NULL, **tail = &first;

    while (p->token.kind != GRUB2_NEWLINE && p->token.kind != GRUB2_END) {
        struct grub2_node *node =
            at_keyword(p, GRUB2_KEY_FUNCTION) ? parse_function(p) : parse_command(p);
        if (!node)
            return false;
        node->own_line = tail == &first;
        *tail = node;
        tail = &node->next;
        if (p->token.kind == GRUB2_SEMICOLON)
            next(p);
        else if (p->token.kind != GRUB2_NEWLINE && p->token.kind != GRUB2_END)
            return fail(p, "';' or a new line is missing behind a command");
    }
    **last = first;
    if (first)
        *last = tail;
    return true;
}

const struct grub2_node *grub2_parse(struct grub2_arena *arena, const struct grub2_source *source,
                                     struct problems *problems)
{
    struct parser p = {.lexer = {.arena = arena, .source = source}};
    struct grub2_node *first = NULL, **last = &first;

    next(&p);
    while (p.token.kind != GRUB2_END && !p.lexer.no_space) {
        if (p.token.kind == GRUB2_NEWLINE) {
            next(&p);
            continue;
        }
        unsigned line = p.token.line;
        p.why = NULL;
        p.depth = 0;
        if (parse_unit(&p, &last))
            continue;
        problems_add(problems, "%s line %u: the statement that begins in line %u is left out: %s",
                     source->name, p.token.line, line, p.why ? p.why : "it cannot be read");
        if (p.token.kind != GRUB2_NEWLINE)
            grub2_lex_skip_line(&p.lexer);
        next(&p);
    }
    if (p.lexer.no_space)
        problems_add(problems,
                     "%s: from line %u on it is left out: all configurations together are "
                     "too large",
                     source->name, p.token.line);
    return first;
}
