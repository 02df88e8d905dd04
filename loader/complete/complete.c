/* The command line up to the cursor, and what follows. See complete.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/complete/complete.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "loader/complete/offers.h"
#include "loader/complete/usage.h"
#include "loader/complete/values.h"
#include "loader/record/file.h"
#include "loader/settings/words.h"

/* A command line, read up to the word at the cursor. */
struct line {
    const struct completion *completion;
    struct value_ids ids;
    struct offers offers;
    const struct option *waiting; /* the word at the cursor is its value; or NULL */
    bool only_operands;           /* behind "--" */
    char **operands;              /* borrowed words */
    size_t operand_count;
    char **places; /* what says where records are: options of `vm`, borrowed */
    int place_count;
};

/* --- reading ------------------------------------------------------------------------------ */

static bool says_place(const struct option *option)
{
    return strcmp(option->name, "config") == 0 || strcmp(option->name, "record") == 0 ||
           strcmp(option->name, "record-dir") == 0;
}

static void read_word(struct line *line, char *word)
{
    const char *value;
    const struct option *option = line->waiting;

    if (option) {
        line->waiting = NULL;
        if (says_place(option))
            line->places[line->place_count++] = word;
        return;
    }
    if (line->only_operands || word[0] != '-' || !word[1]) {
        line->operands[line->operand_count++] = word;
        return;
    }
    if (strcmp(word, "--") == 0) {
        line->only_operands = true;
        return;
    }
    option = words_option_named(line->completion->command->command, word, &value);
    if (!option)
        return;
    if (says_place(option))
        line->places[line->place_count++] = word;
    if (option->kind != KIND_FLAG && !value)
        line->waiting = option;
}

/* --- offering ----------------------------------------------------------------------------- */

/* The VMs of the directory that the command line, the environment or the configuration names. Who
 * keeps records elsewhere is not asked: that may take its time. */
static void offer_ids(void *context, struct offers *offers, const char *prefix)
{
    const struct line *line = (const struct line *)context;
    auto_settings struct settings settings = {.help = false};
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    auto_error struct error err = ERROR_INIT;
    auto_buffer struct buffer list = BUFFER_INIT(OFFERS_MAX);

    if (settings_parse(COMMAND_VM, line->place_count, line->places, &settings, &err) < 0)
        return;
    const struct record_places places = {settings.record, settings.record_dir,
                                         settings.xapi_socket};
    if (record_store_choose(&places, NULL, &store, &err) < 0 ||
        store.backend != &record_file_backend || record_file_list(&store, &list, &err) < 0)
        return;
    for (const char *id = buffer_text(&list); *id;) {
        size_t length = strcspn(id, "\n");
        offers_add(offers, prefix, id, length, "", NULL);
        id += length + (id[length] != 0);
    }
}

static void offer_options(struct line *line)
{
    for (size_t i = 0; i < options_count; i++)
        if (options[i].commands & line->completion->command->command)
            offers_add(&line->offers, "--", options[i].name, strlen(options[i].name),
                       options[i].kind == KIND_FLAG ? "" : "=", options[i].help);
}

static void offer_commands(struct line *line)
{
    const struct completion *completion = line->completion;

    for (size_t i = 0; i < completion->command_count; i++)
        if (completion->commands[i].word)
            offers_add(&line->offers, "", completion->commands[i].word,
                       strlen(completion->commands[i].word), "", NULL);
}

/* One of the alternatives of a place of the usage. */
static void offer_operand(void *context, const char *word, size_t length)
{
    struct line *line = (struct line *)context;

    /* A new VM has none of the IDs that there are. */
    if (line->operand_count > 0 && strcmp(line->operands[0], "create") == 0 &&
        strncmp(word, "ID", length) == 0)
        return;
    if (islower((unsigned char)*word))
        offers_add(&line->offers, "", word, length, "", NULL);
    else
        (void)value_offer(word, length, &line->ids, "", &line->offers);
}

static void offer_operands(struct line *line)
{
    const struct command_word *command = line->completion->command;
    bool bare = line->completion->bare && !command->program;

    if (bare && line->operand_count == 1 && strcmp(line->operands[0], "help") == 0) {
        offer_commands(line);
        return;
    }
    /* What bootloader mode's usage says of other commands are examples. */
    if (bare) {
        if (line->operand_count == 0) {
            offer_commands(line);
            offers_add_list(&line->offers, "", (const char *const[]){"help", "version", NULL});
        }
        offers_add_paths(&line->offers, "files");
        return;
    }
    usage_next(command->usage, command->word, line->operands, line->operand_count, offer_operand,
               line);
}

static void offer(struct line *line)
{
    const char *typed = line->offers.typed, *value;
    enum command command = line->completion->command->command;

    if (line->waiting) {
        (void)value_offer_option(line->waiting, &line->ids, "", &line->offers);
        return;
    }
    if (line->only_operands || typed[0] != '-') {
        offer_operands(line);
        return;
    }
    const struct option *option = words_option_named(command, typed, &value);
    if (!option || !value || option->kind == KIND_FLAG) {
        offer_options(line);
        return;
    }
    auto_free char *prefix = xstrndup(typed, (size_t)(value - typed));
    (void)value_offer_option(option, &line->ids, prefix, &line->offers);
}

char *complete(const struct completion *completion, int count, char **words)
{
    auto_free char **operands = xcalloc((size_t)count, sizeof *operands);
    auto_free char **places = xcalloc((size_t)count, sizeof *places);
    struct line line = {.completion = completion, .operands = operands, .places = places};

    line.ids = (struct value_ids){offer_ids, &line};
    line.offers = (struct offers){words[count - 1], BUFFER_INIT(OFFERS_MAX)};
    for (int i = 0; i < count - 1; i++)
        read_word(&line, words[i]);
    offer(&line);
    return buffer_take(&line.offers.out);
}
