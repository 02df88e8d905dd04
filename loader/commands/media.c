/* The commands "eliloader media …": what people do with the tables of installation media. See
 * commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/child.h"
#include "common/escape.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/media/add.h"
#include "loader/media/tables.h"

/* --- output -------------------------------------------------------------------------------- */

static void print_escaped(const char *text, const char *behind)
{
    auto_free char *escaped = text_escape(text);

    printf("%s%s", escaped, behind);
}

/* --- add and list -------------------------------------------------------------------------- */

static int command_add(const struct settings *settings, struct error *err)
{
    auto_free char *line = NULL;

    if (settings->operand_count != 2)
        return error_set(err, ERROR_USAGE, "media add takes one FILE or URL (--help tells more)");
    if (!settings->overlay)
        return error_set(err, ERROR_USAGE,
                         "media add: --overlay=FILE is missing; --overlay=- for a ramdisk that "
                         "needs none");
    signals_hold();
    if (media_add(settings, settings->operands[1], &line, err) < 0)
        return -1;
    print_escaped(line, "\n");
    return finish_output(err);
}

static int command_list(const struct settings *settings, struct error *err)
{
    auto_media struct media media = MEDIA_INIT;
    const char *table = NULL, *sum;
    struct map_entry entry;

    if (media_open(settings, &media, err) < 0)
        return -1;
    for (size_t i = 0; maps_entry(media.maps, i, &sum, &entry); i++) {
        if (entry.table != table) {
            fputs(table ? "\n" : "", stdout);
            print_escaped(entry.table, ":\n");
        }
        table = entry.table;
        print_escaped(sum, " ");
        printf("%s ", media_type_name(&entry));
        print_escaped(entry.overlay ? entry.overlay : "-", " ");
        print_escaped(entry.name, "\n");
    }
    return finish_output(err);
}

/* --- check --------------------------------------------------------------------------------- */

struct check {
    const struct settings *settings;
    void *seen; /* paths of overlays that were looked at: a tree of tsearch(3) */
    size_t tables, lines, overlays, faults;
};

static int compare_paths(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void print_fault(struct check *check, const struct error *err)
{
    check->faults++;
    print_escaped(err->text, "\n");
}

/* Takes PATH. */
static bool is_new(struct check *check, char *path)
{
    char **node = tsearch(path, &check->seen, compare_paths);

    if (node && *node == path)
        return true;
    free(path);
    return false;
}

static void check_overlay(struct check *check, const struct media *media,
                          const struct map_entry *entry)
{
    auto_free char *path = NULL;
    auto_error struct error err = ERROR_INIT;

    if (!media_find_overlay(media, entry->table, entry->overlay, &path)) {
        /* The vendor's overlays need not be on a host: see overlay.h. */
        if (entry->tree && media_is_own(entry->table) && !media_has_overlay_of(media, entry->table))
            return;
        error_set(&err, ERROR_SUPPORT_PACKAGE, "%s, line %u: the overlay %s is not there",
                  entry->table, entry->line, path);
        print_fault(check, &err);
        return;
    }
    if (!is_new(check, xstrdup(path)))
        return;
    check->overlays++;
    if (media_check_overlay(check->settings, path, &err) < 0) {
        error_prefix(&err, "%s, line %u", entry->table, entry->line);
        print_fault(check, &err);
    }
}

/* Every table by itself, so that a fault in one does not hide those of the others. Returns how
 * many are wrong. */
static size_t check_tables(struct check *check, const struct media *media)
{
    size_t wrong = 0;

    for (size_t i = 0; i < media->table_count; i++) {
        auto_error struct error err = ERROR_INIT;
        struct maps *maps = maps_new();
        if (media_read_table(maps, media->tables[i], &err) < 0) {
            print_fault(check, &err);
            wrong++;
        }
        maps_free(maps);
        check->tables++;
    }
    return wrong;
}

static void check_all(struct check *check, struct media *media)
{
    auto_error struct error err = ERROR_INIT;
    struct map_entry entry;
    const char *sum;

    if (check_tables(check, media) > 0)
        return;
    media->maps = maps_new();
    for (size_t i = 0; i < media->table_count; i++)
        if (media_read_table(media->maps, media->tables[i], &err) < 0) {
            print_fault(check, &err);
            return;
        }
    for (; maps_entry(media->maps, check->lines, &sum, &entry); check->lines++)
        if (entry.overlay)
            check_overlay(check, media, &entry);
}

static int media_check(const struct settings *settings, struct error *err)
{
    auto_media struct media media = MEDIA_INIT;
    struct check check = {.settings = settings};

    if (media_find_tables(settings, &media, err) < 0)
        return -1;
    check_all(&check, &media);
    tdestroy(check.seen, free);
    if (!check.faults)
        printf("all is well: tables %zu, lines %zu, overlays %zu\n", check.tables, check.lines,
               check.overlays);
    if (finish_output(err) < 0)
        return -1;
    return check.faults ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- which one ----------------------------------------------------------------------------- */

int command_media(const struct settings *settings, struct error *err)
{
    static const struct {
        const char *word;
        int (*function)(const struct settings *settings, struct error *err);
    } words[] = {{"add", command_add}, {"list", command_list}, {"check", media_check}};
    const char *word = settings->operand_count ? settings->operands[0] : NULL;

    for (size_t i = 0; word && i < ARRAY_SIZE(words); i++) {
        if (strcmp(word, words[i].word) != 0)
            continue;
        if (i > 0 && settings->operand_count > 1)
            return error_set(err, ERROR_USAGE, "media %s takes no '%s' (--help tells more)", word,
                             settings->operands[1]);
        if (i > 0 && (settings->overlay || settings->type || settings->name || settings->map))
            return error_set(err, ERROR_USAGE,
                             "media %s takes none of --overlay, --type, --name and --map", word);
        return words[i].function(settings, err);
    }
    return error_set(err, ERROR_USAGE,
                     "media takes one of add, list and check%s%s (--help tells "
                     "more)",
                     word ? ", and not " : "", word ? word : "");
}
