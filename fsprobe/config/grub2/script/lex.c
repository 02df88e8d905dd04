/* The words of a GRUB 2 script. See lex.h.
 *
 * A word goes on until white space, ';', '{', '}', or a character that GRUB keeps for what it
 * never got ('|', '&', '<', '>'). Inside a word stand plain characters, \c, 'literal',
 * "text with $variables", and $variables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/script/lex.h"

#include <ctype.h>
#include <string.h>

#include "common/text.h"

/* A word while it is read: finished parts, and the literal text of the one at work. */
struct word {
    struct grub2_part *first, **last;
    struct buffer text;
    bool plain;       /* nothing was quoted, escaped or expanded */
    const char *why;  /* it is wrong from here on */
    const char *late; /* it is wrong, but GRUB reads it to its end before it sees that */
};

static int peek(const struct grub2_lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;

    return at < lexer->source->length ? (unsigned char)lexer->source->text[at] : -1;
}

static int take(struct grub2_lexer *lexer)
{
    int c = peek(lexer, 0);

    if (c >= 0)
        lexer->at++;
    if (c == '\n')
        lexer->row++;
    return c;
}

static void add_part(struct grub2_lexer *lexer, struct word *word, bool variable, bool quoted,
                     const char *text, size_t length)
{
    struct grub2_part *part = grub2_arena_take(lexer->arena, sizeof *part);
    char *copy = grub2_arena_text(lexer->arena, text, length);

    if (!part || !copy) {
        lexer->no_space = true;
        word->why = "the configuration is too large";
        return;
    }
    *part = (struct grub2_part){variable, quoted, copy, NULL};
    *word->last = part;
    word->last = &part->next;
}

/* Ends the literal part at work; a quoted one counts even when it is empty. */
static void end_text(struct grub2_lexer *lexer, struct word *word, bool quoted)
{
    if (quoted || word->text.length)
        add_part(lexer, word, false, quoted, buffer_text(&word->text), word->text.length);
    buffer_clear(&word->text);
}

static void add_char(struct word *word, int c)
{
    char byte = (char)c;

    buffer_add(&word->text, &byte, 1);
}

/* How many bytes at the lexer, behind the '$' or "${", name a variable; 0: none. */
static size_t name_length(const struct grub2_lexer *lexer, size_t ahead)
{
    int c = peek(lexer, ahead);
    size_t length = 1;

    if (c < 0)
        return 0;
    if (strchr("?#@*", c))
        return c ? 1 : 0;
    if (isdigit(c)) {
        while (isdigit(peek(lexer, ahead + length)))
            length++;
        return length;
    }
    if (!isalpha(c) && c != '_')
        return 0;
    while ((c = peek(lexer, ahead + length)) == '_' || (c >= 0 && isalnum(c)))
        length++;
    return length;
}

/* Reads $NAME or ${NAME}; the lexer stands at the '$'. */
static void lex_variable(struct grub2_lexer *lexer, struct word *word, bool quoted)
{
    size_t brace = peek(lexer, 1) == '{', length = name_length(lexer, 1 + brace);

    if (length == 0 || (brace && peek(lexer, 2 + length) != '}')) {
        *(quoted ? &word->late : &word->why) = "'$' without the name of a variable";
        lexer->at += quoted;
        return;
    }
    end_text(lexer, word, quoted);
    add_part(lexer, word, true, quoted, lexer->source->text + lexer->at + 1 + brace, length);
    lexer->at += 1 + brace + length + brace;
}

/* Reads the rest of '…'. */
static void lex_single(struct grub2_lexer *lexer, struct word *word)
{
    int c;

    end_text(lexer, word, false);
    while ((c = take(lexer)) != '\'') {
        if (c < 0) {
            word->why = "a ' is never closed";
            return;
        }
        add_char(word, c);
    }
    end_text(lexer, word, true);
}

/* Reads the rest of "…". */
static void lex_double(struct grub2_lexer *lexer, struct word *word)
{
    end_text(lexer, word, false);
    while (!word->why) {
        int c = peek(lexer, 0);
        if (c == '$') {
            lex_variable(lexer, word, true);
            continue;
        }
        take(lexer);
        if (c == '"')
            break;
        if (c < 0) {
            word->why = "a \" is never closed";
        } else if (c == '\\' && peek(lexer, 0) == '\n') {
            take(lexer);
        } else {
            int next = peek(lexer, 0);
            if (c == '\\' && (next == '\\' || next == '"' || next == '$'))
                c = take(lexer);
            add_char(word, c);
        }
    }
    if (!word->why)
        end_text(lexer, word, true);
}

/* Reads \c outside quotes; the backslash is taken already. */
static void lex_escape(struct grub2_lexer *lexer, struct word *word)
{
    int c = take(lexer);

    if (c < 0 || c == '\n')
        return;
    /* What could be a wildcard, or make one stand for itself, does not. */
    bool apart = c == '*' || c == '?' || c == '\\';
    if (apart)
        end_text(lexer, word, false);
    add_char(word, c);
    if (apart)
        end_text(lexer, word, true);
}

/* Reads one element of a word; false where the word ends. */
static bool lex_element(struct grub2_lexer *lexer, struct word *word)
{
    int c = peek(lexer, 0);

    if (c < 0 || (c && strchr(" \t\n;{}|&<>", c)))
        return false;
    if (c == '$' && peek(lexer, 1) != '"') {
        word->plain = false;
        lex_variable(lexer, word, false);
        return true;
    }
    take(lexer);
    switch (c) {
    case '$': /* $"…" is text to be translated: there are no translations here */
        take(lexer);
        __attribute__((fallthrough));
    case '"':
        word->plain = false;
        lex_double(lexer, word);
        break;
    case '\'':
        word->plain = false;
        lex_single(lexer, word);
        break;
    case '\\':
        word->plain = false;
        lex_escape(lexer, word);
        break;
    default:
        add_char(word, c);
    }
    return true;
}

static enum grub2_keyword find_keyword(const char *text)
{
    static const struct {
        const char *text;
        enum grub2_keyword keyword;
    } keywords[] = {
        {"if", GRUB2_KEY_IF},           {"then", GRUB2_KEY_THEN},
        {"elif", GRUB2_KEY_ELIF},       {"else", GRUB2_KEY_ELSE},
        {"fi", GRUB2_KEY_FI},           {"for", GRUB2_KEY_FOR},
        {"in", GRUB2_KEY_IN},           {"while", GRUB2_KEY_WHILE},
        {"until", GRUB2_KEY_UNTIL},     {"do", GRUB2_KEY_DO},
        {"done", GRUB2_KEY_DONE},       {"function", GRUB2_KEY_FUNCTION},
        {"case", GRUB2_KEY_RESERVED},   {"esac", GRUB2_KEY_RESERVED},
        {"select", GRUB2_KEY_RESERVED},
    };

    for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
        if (strcmp(text, keywords[i].text) == 0)
            return keywords[i].keyword;
    return GRUB2_NO_KEYWORD;
}

static bool is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '_')
            return false;
    return true;
}

static void lex_word(struct grub2_lexer *lexer, struct grub2_token *token)
{
    struct word word = {.text = BUFFER_INIT(lexer->source->length + 1), .plain = true};

    word.last = &word.first;
    while (!word.why && lex_element(lexer, &word)) {
        /* Each element moves the lexer on, or says why not. */
    }
    end_text(lexer, &word, false);
    buffer_free(&word.text);
    if (!word.why)
        word.why = word.late;
    token->kind = word.why ? GRUB2_WRONG : GRUB2_WORD;
    token->why = word.why;
    token->parts = word.first;
    if (word.plain && !word.why && word.first &&
        (strcmp(word.first->text, "[[") == 0 || strcmp(word.first->text, "]]") == 0)) {
        token->kind = GRUB2_WRONG;
        token->why = "'[[' and ']]' mean nothing to GRUB";
        return;
    }
    if (word.plain && !word.why && word.first) {
        token->keyword = find_keyword(word.first->text);
        if (token->keyword == GRUB2_NO_KEYWORD && is_name(word.first->text))
            token->name = word.first->text;
    }
}

/* Passes over blanks and comments between words. (A line that goes on is a word, though an empty
 * one: behind it no keyword begins a command.) */
static void skip_blanks(struct grub2_lexer *lexer)
{
    for (;;) {
        int c = peek(lexer, 0);
        if (c == '#') {
            while (peek(lexer, 0) >= 0 && peek(lexer, 0) != '\n')
                lexer->at++;
        } else if (c == ' ' || c == '\t') {
            lexer->at++;
        } else {
            return;
        }
    }
}

struct grub2_token grub2_lex(struct grub2_lexer *lexer)
{
    struct grub2_token token = {.kind = GRUB2_END};

    skip_blanks(lexer);
    token.start = lexer->at;
    token.line = lexer->source->lines[lexer->row];
    switch (peek(lexer, 0)) {
    case -1:
        break;
    case '\n':
        token.kind = GRUB2_NEWLINE;
        take(lexer);
        break;
    case ';':
        token.kind = GRUB2_SEMICOLON;
        take(lexer);
        break;
    case '{':
        token.kind = GRUB2_OPEN;
        take(lexer);
        break;
    case '}':
        token.kind = GRUB2_CLOSE;
        take(lexer);
        break;
    case '|':
    case '&':
    case '<':
    case '>':
        token.kind = GRUB2_WRONG;
        token.why = "'|', '&', '<' and '>' mean nothing to GRUB";
        take(lexer);
        break;
    default:
        lex_word(lexer, &token);
    }
    token.end = lexer->at;
    return token;
}

void grub2_lex_skip_line(struct grub2_lexer *lexer)
{
    int c;

    do
        c = take(lexer);
    while (c >= 0 && c != '\n');
}
