/* The operands that a usage names. See usage.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/complete/usage.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "common/text.h"

#define MORE "…"

/* Words of a line of a usage; a longer one is cut off there. */
#define WORDS_MAX 16

/* A word of a usage without its brackets: its alternatives, parted by '|'. */
struct place {
    const char *start;
    size_t length;
    bool more; /* it may stand there again */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

/* Whether a line of a usage begins at TEXT, and not another line of the one before, nor the
 * explanation. */
static bool begins_line(const char *text)
{
    if (text_starts(text, "Usage:"))
        return true;
    size_t blanks = strspn(text, " ");
    return blanks > 0 && islower((unsigned char)text[blanks]);
}

/* Where the line that begins at TEXT ends: it goes on in lines that begin with a space and name no
 * program. */
static const char *end_of_line(const char *text)
{
    const char *end = text;

    do {
        end += strcspn(end, "\n");
        end += *end == '\n';
    } while (*end == ' ' && !begins_line(end));
    return end;
}

/* What of the LENGTH bytes of WORD is a place. False: it is an option, or nothing. */
static bool read_place(const char *word, size_t length, struct place *place)
{
    size_t more = strlen(MORE);

    place->more = false;
    for (bool stripped = true; stripped && length > 0;) {
        stripped = false;
        if (word[length - 1] == ']') {
            length--;
            stripped = true;
        } else if (length >= more && memcmp(word + length - more, MORE, more) == 0) {
            length -= more;
            place->more = stripped = true;
        }
    }
    while (length > 0 && *word == '[') {
        word++;
        length--;
    }
    /* What is joined to it: "DISK[:VOLUME]". */
    const char *joined = memchr(word, '[', length);
    place->start = word;
    place->length = joined ? (size_t)(joined - word) : length;
    return place->length > 0 && *word != '-';
}

/* The places of the line from TEXT to END, without the program's name. */
static size_t read_line(const char *text, const char *end, struct place places[WORDS_MAX])
{
    size_t count = 0, seen = 0;

    if (text_starts(text, "Usage:"))
        text += strlen("Usage:");
    while (text < end && count < WORDS_MAX) {
        while (text < end && is_blank(*text))
            text++;
        const char *word = text;
        while (text < end && !is_blank(*text))
            text++;
        if (text > word && seen++ > 0 && read_place(word, (size_t)(text - word), &places[count]) &&
            !(places[count].length == strlen("OPTION") &&
              memcmp(places[count].start, "OPTION", places[count].length) == 0))
            count++;
    }
    return count;
}

/* Calls OFFER for each alternative of PLACE. */
static void offer_place(const struct place *place, usage_offer *offer, void *context)
{
    const char *word = place->start, *end = place->start + place->length;

    while (word < end) {
        const char *bar = memchr(word, '|', (size_t)(end - word));
        size_t length = (size_t)((bar ? bar : end) - word);
        offer(context, word, length);
        word += length + (bar ? 1 : 0);
    }
}

struct match {
    const char *word;
    bool found;
};

static void compare(void *context, const char *word, size_t length)
{
    struct match *match = (struct match *)context;

    /* What begins in capitals stands for anything. */
    if (!islower((unsigned char)*word) ||
        (strlen(match->word) == length && memcmp(match->word, word, length) == 0))
        match->found = true;
}

static bool fits(const struct place *place, const char *word)
{
    struct match match = {word, false};

    offer_place(place, compare, &match);
    return match.found;
}

/* What one line says may follow the OPERANDS. */
static void next_in_line(const struct place *places, size_t place_count, char *const *operands,
                         size_t count, usage_offer *offer, void *context)
{
    size_t at = 0;
    bool again = false; /* the place AT had a word already */

    for (size_t i = 0; i < count; i++) {
        if (again && !places[at].more) {
            at++;
            again = false;
        }
        /* "ID… KEY=VALUE…": what looks like the latter is the latter. */
        if (again && at + 1 < place_count && strchr(operands[i], '=') &&
            memchr(places[at + 1].start, '=', places[at + 1].length))
            at++;
        if (at >= place_count || !fits(&places[at], operands[i]))
            return;
        again = true;
    }
    if (again && places[at].more)
        offer_place(&places[at], offer, context);
    at += again;
    if (at < place_count)
        offer_place(&places[at], offer, context);
}

void usage_next(const char *usage, const char *command, char *const *operands, size_t count,
                usage_offer *offer, void *context)
{
    while (begins_line(usage)) {
        const char *end = end_of_line(usage);
        struct place places[WORDS_MAX];
        size_t place_count = read_line(usage, end, places), first = 0;
        bool own = !command;
        if (command && place_count > 0 && places[0].length == strlen(command) &&
            memcmp(places[0].start, command, places[0].length) == 0) {
            own = true;
            first = 1;
        }
        if (own)
            next_in_line(places + first, place_count - first, operands, count, offer, context);
        usage = end;
    }
}
