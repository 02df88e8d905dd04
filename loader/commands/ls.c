/* eliloader ls DISK[:VOLUME] PATH…: what is in a guest's directories. See commands.h.
 *
 * Names are the guest's: they are escaped as the helper sent them, and again for the terminal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/child.h"
#include "common/text.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/commands/json_print.h"
#include "loader/commands/look.h"
#include "loader/commands/probe_tree.h"
#include "loader/helpers/member.h"

/* One name of a directory, borrowed from the answer. */
struct item {
    const char *name, *type; /* TYPE: "file", "directory", "other"; NULL: not asked */
    bool sized;
    uint64_t size; /* bytes */
    json_t *json;
};

static int compare(const void *first, const void *second)
{
    return strcmp(((const struct item *)first)->name, ((const struct item *)second)->name);
}

static bool read_item(json_t *json, struct item *item)
{
    item->json = json;
    item->name = member_text(json, "name");
    item->type = member_text(json, "type");
    item->sized = member_number(json, "size", INT64_MAX, &item->size);
    return item->name && text_is_clean(item->name) && (!item->type || text_is_word(item->type));
}

/* The items of ANSWER, sorted; NULL with ERR. The caller frees. */
static struct item *read_items(const json_t *answer, size_t *count, struct error *err)
{
    const json_t *names = json_object_get(answer, "names");
    auto_free struct item *items = NULL;

    *count = json_array_size(names);
    items = xcalloc(*count + 1, sizeof *items);
    bool sound = json_is_array(names);
    for (size_t i = 0; sound && i < *count; i++)
        sound = read_item(json_array_get(names, i), &items[i]);
    if (!sound) {
        error_set(err, ERROR_INTERNAL, "the helper fsprobe gave a list that is none");
        return NULL;
    }
    qsort(items, *count, sizeof *items, compare);
    return take_pointer(items);
}

static void print_item(const struct item *item)
{
    if (item->type && item->sized)
        printf("%-9s  %12llu  ", item->type, (unsigned long long)item->size);
    else if (item->type)
        printf("%-9s  %12s  ", item->type, "-");
    probe_print_text("", item->name, "\n");
}

/* Adds what is at PATH to SHOWN, or prints it. */
static int list(const struct look *look, const char *path, json_t *shown, struct error *err)
{
    const struct settings *settings = look->settings;
    json_auto_t *answer = NULL;
    size_t count;

    if (look_ask(look, path, settings->long_list || settings->json, -1, &answer, err) < 0)
        return -1;
    auto_free struct item *items = read_items(answer, &count, err);
    if (!items)
        return -1;
    if (!settings->json && settings->operand_count > 2)
        probe_print_text("", path, ":\n");
    for (size_t i = 0; i < count; i++)
        if (!settings->json)
            print_item(&items[i]);
        else
            json_array_append(shown, items[i].json);
    if (json_is_true(json_object_get(answer, "more")))
        return error_set(
            err, ERROR_LIMITS,
            "%s has more names than an answer can hold: %zu of them are listed; the others "
            "can be asked for by their own paths",
            path, count);
    return 0;
}

int command_ls(const struct settings *settings, struct error *err)
{
    auto_look struct look look = {.count = 0};
    json_auto_t *shown = json_array();
    int result = 0;

    if (!settings->operand_count)
        return error_set(err, ERROR_USAGE,
                         "ls takes a DISK, or DISK:VOLUME, and paths in it (--help tells more)");
    if (settings->json && settings->operand_count > 2)
        return error_set(err, ERROR_USAGE, "ls --json takes one path");
    signals_hold();
    if (look_parse(settings, &look, err) < 0)
        return -1;
    for (size_t i = 1; result == 0 && (i < settings->operand_count || i == 1); i++)
        result = list(&look, i < settings->operand_count ? settings->operands[i] : "/", shown, err);
    if (settings->json && (result == 0 || json_array_size(shown))) {
        auto_error struct error failed = ERROR_INIT;
        if (json_print(shown, &failed) < 0 && result == 0)
            return error_set(err, failed.name, "%s", failed.text);
    }
    return result < 0 ? -1 : finish_output(err);
}
