/* From words as they are written to words as a command gets them. See expand.h.
 *
 * The rules, as GRUB has them: an unquoted variable is split at white space within it, but
 * white space at its ends does not part it from what stands beside it; one that is empty leaves
 * no word; "$@" is one word for each argument. Wildcards: see glob.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/expand.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/args.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/glob.h"
#include "fsprobe/config/grub2/machine.h"

/* A word while it is put together. */
struct word {
    struct grub2 *g;
    struct grub2_args *args;
    struct buffer text;
    /* The same where wildcards mean something, with a '\\' in front of a '*', '?' or '\\' that
     * stands for itself. */
    struct buffer pattern;
    bool there; /* it counts even when it is empty */
    bool wild;  /* an unquoted '*' or '?' is in it */
};

/* Adds LENGTH bytes of TEXT; its wildcards mean something unless QUOTED. */
static bool add_text(struct word *word, const char *text, size_t length, bool quoted)
{
    bool fits = true;

    word->there = true;
    for (size_t i = 0; i < length && word->g->wildcards && fits; i++) {
        bool wild = text[i] == '*' || text[i] == '?';
        if (text[i] == '\\' || (wild && quoted))
            fits = buffer_add(&word->pattern, "\\", 1);
        word->wild |= wild && !quoted;
        fits = fits && buffer_add(&word->pattern, text + i, 1);
    }
    return (fits && buffer_add(&word->text, text, length)) || grub2_args_over_bound(word->g);
}

/* Ends the word at work, when there is one. */
static bool end_word(struct word *word)
{
    size_t before = word->args->count;
    bool fits = true;

    if (word->there && word->wild && strchr("/(*", *buffer_text(&word->text)))
        fits = grub2_glob(word->g, buffer_text(&word->pattern), word->args);
    if (fits && word->there && word->args->count == before)
        fits = grub2_args_add(word->g, word->args, buffer_text(&word->text), word->text.length);
    buffer_clear(&word->text);
    buffer_clear(&word->pattern);
    word->there = word->wild = false;
    return fits;
}

/* Adds TEXT, whole when QUOTED, else split at white space within it. */
static bool add_value(struct word *word, const char *text, bool quoted)
{
    static const char blanks[] = " \t\n\v\f\r";

    if (quoted)
        return add_text(word, text, strlen(text), true);
    text += strspn(text, blanks);
    while (*text) {
        size_t length = strcspn(text, blanks);
        if (!add_text(word, text, length, false))
            return false;
        text += length;
        text += strspn(text, blanks);
        if (*text && !end_word(word))
            return false;
    }
    return true;
}

/* Adds $@ or, with STAR, $*. */
static bool add_arguments(struct word *word, bool star, bool quoted)
{
    const struct grub2_scope *scope = word->g->scope;

    if (!scope)
        return true;
    for (size_t i = scope->shifted; i < scope->count; i++) {
        if (i > scope->shifted) {
            if (star && quoted ? !add_text(word, " ", 1, true) : !end_word(word))
                return false;
        }
        if (!add_value(word, scope->args[i], quoted))
            return false;
    }
    return true;
}

/* The argument $1, $2, … of which NUMBER holds the digits; NULL when there is none. */
static const char *argument(const struct grub2_scope *scope, const char *digits)
{
    uint64_t number;

    if (!scope || !text_to_number(digits, scope->count, &number) || number == 0 ||
        number > scope->count - scope->shifted)
        return NULL;
    return scope->args[scope->shifted + number - 1];
}

static bool add_variable(struct word *word, const struct grub2_part *part)
{
    const struct grub2_scope *scope = word->g->scope;
    const char *name = part->text, *value = NULL;
    char number[24];

    if (*name == '@' || *name == '*')
        return add_arguments(word, *name == '*', part->quoted);
    if (*name == '?') {
        snprintf(number, sizeof number, "%d", word->g->status);
        value = number;
    } else if (*name == '#') {
        snprintf(number, sizeof number, "%zu", scope ? scope->count - scope->shifted : 0);
        value = scope ? number : NULL;
    } else if (isdigit((unsigned char)*name)) {
        value = argument(scope, name);
    } else {
        value = grub2_get(word->g, name);
    }
    return !value || add_value(word, value, part->quoted);
}

bool grub2_expand(struct grub2 *g, const struct grub2_word *words, struct grub2_args *args)
{
    struct word word = {.g = g,
                        .args = args,
                        .text = BUFFER_INIT(GRUB2_ARGS_BYTES),
                        .pattern = BUFFER_INIT(2 * GRUB2_ARGS_BYTES)};
    bool fits = true;
    size_t parts = 0;

    for (; words && fits; words = words->next) {
        for (const struct grub2_part *part = words->parts; part && fits; part = part->next) {
            word.there |= part->quoted;
            /* Even parts that leave nothing in the word. */
            fits = grub2_steps(g, part->variable || ++parts % GRUB2_STEP_WORDS == 0);
            if (fits)
                fits = part->variable
                           ? add_variable(&word, part)
                           : add_text(&word, part->text, strlen(part->text), part->quoted);
        }
        fits = fits && end_word(&word);
    }
    buffer_free(&word.text);
    buffer_free(&word.pattern);
    return fits;
}
