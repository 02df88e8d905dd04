/* How a command reads its options. See options.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/options.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/machine.h"

/* Options that every command has. */
enum { HELP = -2, USAGE = -3, UNKNOWN = -1 };

struct reading {
    struct grub2 *g;
    const struct grub2_call *call;
    const struct grub2_option *table;
    struct grub2_parsed *parsed;
    size_t at; /* the word at work */
    bool help; /* was asked for */
};

static int find_long(const struct grub2_option *table, const char *name, size_t length)
{
    for (int i = 0; table[i].name; i++)
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0)
            return i;
    return length == 4 && memcmp(name, "help", 4) == 0    ? HELP
           : length == 5 && memcmp(name, "usage", 5) == 0 ? USAGE
                                                          : UNKNOWN;
}

static int find_short(const struct grub2_option *table, char letter)
{
    for (int i = 0; table[i].name; i++)
        if (table[i].letter == letter)
            return i;
    return letter == 'h' ? HELP : letter == 'u' ? USAGE : UNKNOWN;
}

static bool fail(struct reading *r, const char *why, const char *word)
{
    grub2_problem(r->g, "%s: %s '%s'", r->call->argv[0], why, word);
    return false;
}

static enum grub2_value value_of(const struct reading *r, int option)
{
    return option < 0 ? GRUB2_FLAG : r->table[option].value;
}

/* Takes OPTION with VALUE (or NULL); WORD is for messages. */
static bool take(struct reading *r, int option, const char *value, const char *word)
{
    struct grub2_parsed *parsed = r->parsed;

    if (value_of(r, option) == GRUB2_REQUIRED && !value)
        return fail(r, "a value is missing behind", word);
    if (value_of(r, option) == GRUB2_FLAG && value)
        return fail(r, "there is a value, and none is wanted, at", word);
    if (option < 0) {
        r->help = true;
        return false;
    }
    parsed->options[option].set = true;
    parsed->options[option].value = value;
    if (value) {
        parsed->values[parsed->value_count].option = option;
        parsed->values[parsed->value_count++].value = value;
    }
    return true;
}

static bool add_word(struct reading *r, const char *word)
{
    r->parsed->words[r->parsed->count++] = word;
    return true;
}

/* Reads -abc: only the last letter may have a value, the word that follows. An option that may do
 * without one takes no word that looks like an option. */
static bool read_letters(struct reading *r, const char *word)
{
    const char *letter = word + 1, *value = NULL;
    int option = 0;

    for (const char *p = letter; r->table[0].dashes && *p; p++)
        if (find_short(r->table, *p) == UNKNOWN)
            return add_word(r, word);
    for (;; letter++) {
        option = find_short(r->table, *letter);
        if (option == UNKNOWN)
            return fail(r, "there is no option", word);
        if (!letter[1])
            break;
        if (value_of(r, option) == GRUB2_REQUIRED)
            return fail(r, "a value is missing in", word);
        if (!take(r, option, NULL, word))
            return false;
    }
    if (value_of(r, option) != GRUB2_FLAG && r->at + 1 < r->call->argc) {
        const char *next = r->call->argv[r->at + 1];
        if (value_of(r, option) == GRUB2_REQUIRED || next[0] != '-' || !next[1]) {
            value = next;
            r->at++;
        }
    }
    return take(r, option, value, word);
}

/* Reads --NAME=VALUE, --NAME VALUE, --NAME; a word that begins with '-' is no value. */
static bool read_long(struct reading *r, const char *word)
{
    const char *name = word + 2, *equals = strchr(word, '=');
    const char *value = equals ? equals + 1 : NULL;
    int option = find_long(r->table, name, equals ? (size_t)(equals - name) : strlen(name));

    if (option == UNKNOWN)
        return r->table[0].dashes ? add_word(r, word) : fail(r, "there is no option", word);
    if (!value && value_of(r, option) != GRUB2_FLAG && r->at + 1 < r->call->argc &&
        r->call->argv[r->at + 1][0] != '-')
        value = r->call->argv[++r->at];
    return take(r, option, value, word);
}

bool grub2_parse_options(struct grub2 *g, const struct grub2_call *call,
                         const struct grub2_option *table, struct grub2_parsed *parsed, int *status)
{
    struct reading r = {.g = g, .call = call, .table = table, .parsed = parsed};
    bool fits = true;

    *parsed = (struct grub2_parsed){.words = xcalloc(call->argc + 1, sizeof *parsed->words),
                                    .values = xcalloc(call->argc, sizeof *parsed->values)};
    for (r.at = 1; r.at < call->argc && fits; r.at++) {
        const char *word = call->argv[r.at];
        if (word[0] != '-' || !word[1])
            fits = add_word(&r, word);
        else if (word[1] != '-')
            fits = read_letters(&r, word);
        else if (word[2])
            fits = read_long(&r, word);
        else
            while (++r.at < call->argc)
                add_word(&r, call->argv[r.at]);
    }
    *status = fits || r.help ? GRUB2_OK : GRUB2_BAD_ARGUMENT;
    return fits;
}

void grub2_parsed_free(struct grub2_parsed *parsed)
{
    free(parsed->words);
    free(parsed->values);
    *parsed = (struct grub2_parsed){.count = 0};
}
