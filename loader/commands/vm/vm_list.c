/* eliloader vm list. See vm_list.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "common/protocol/mirrors.h"
#include "common/protocol/schemes.h"
#include "common/url.h"
#include "common/utf8.h"
#include "distros/families.h"
#include "loader/commands/finish_output.h"
#include "loader/commands/json_print.h"
#include "loader/commands/vm/vm_say.h"
#include "loader/record/file.h"
#include "loader/record/rounds_state.h"

/* The IDs of all VMs, one a line. Bytes. */
#define IDS_MAX (64 * 1024 * 1024)

/* What is known of a VM. Texts are owned; NULL: it is not known, or there is none. */
struct row {
    char *id, *name, *family, *repository;
    char *booted_by;        /* of an installed VM: a program's name; NULL: its start looks */
    char *problem;          /* a sentence: the record cannot be used, and the rest is what could be
                               read all the same */
    enum vm_state state;    /* where there is no problem */
    unsigned round, rounds; /* of a VM that is to be installed; ROUNDS 0: not known */
    bool read;              /* its record could be read */
};

struct rows {
    struct row *row;
    size_t count, capacity;
};

static void rows_free(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct row *row = &rows->row[i];
        free(row->id);
        free(row->name);
        free(row->family);
        free(row->repository);
        free(row->booted_by);
        free(row->problem);
    }
    free(rows->row);
}

static struct row *rows_add(struct rows *rows, const char *id, size_t length)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity ? 2 * rows->capacity : 64;
        rows->row = xreallocarray(rows->row, rows->capacity, sizeof *rows->row);
    }
    struct row *row = &rows->row[rows->count++];
    *row = (struct row){.id = xstrndup(id, length)};
    return row;
}

/* --- reading ------------------------------------------------------------------------------ */

/* REPOSITORIES, separated by commas, without their user names and passwords. */
static char *without_logins(const char *repositories)
{
    auto_buffer struct buffer out = BUFFER_INIT(2 * RECORD_VALUE_MAX);
    size_t begin;
    char *one;
    for (size_t i = 0; (one = mirrors_at(repositories, i)); i++) {
        /* What is no URL is not known well enough to be shown: "http:/me:password@h". */
        auto_free char *shown = url_begins_wrong(one, &begin) ? xasprintf("%.*s…", (int)begin, one)
                                                              : url_without_login(one);
        (void)buffer_addf(&out, "%s%s", i ? "," : "", shown);
        free(one);
    }
    return buffer_take(&out);
}

/* The value as text that may be shown, or NULL. */
static char *value_of(const struct record *record, const char *map, const char *key)
{
    const char *value;
    return record_get(record, map, key, &value, NULL) == 0 && value && *value ? xstrdup(value)
                                                                              : NULL;
}

/* Which program boots RECORD's VM, which is installed: its name. */
static char *booter_of(const struct record *record, enum vm_state state)
{
    if (state == VM_DONE)
        return xstrdup("eliloader");
    if (state != VM_LEFT)
        return NULL;
    auto_free char *path = value_of(record, NULL, "PV_bootloader");
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? xstrdup(slash + 1) : take_pointer(path);
}

/* 0, or -1 with ERR: the state, or the family, cannot be told. */
static int read_state(const struct record *record, struct row *row, struct error *err)
{
    const char *family;
    if (rounds_state(record, &row->state, err) < 0 || rounds_family(record, &family, err) < 0)
        return -1;
    row->booted_by = booter_of(record, row->state);
    bool installing = row->state == VM_FIRST_ROUND || row->state == VM_SECOND_ROUND;
    if (!family && installing)
        family = FAMILY_DEFAULT;
    row->family = family && *family ? xstrdup(family) : NULL;
    if (installing) {
        const struct distro *distro = distro_find(family);
        row->round = row->state == VM_FIRST_ROUND ? 1 : 2;
        row->rounds = distro ? distro->last_round : 0;
    }
    return 0;
}

static int read_row(const struct record_store *store, struct row *row, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    if (record_load(store, row->id, RECORD_READ, &record, err) < 0)
        return -1;
    row->read = true;
    row->name = value_of(&record, NULL, "name_label");
    auto_free char *repository = value_of(&record, RECORD_CONFIG, "install-repository");
    row->repository = repository ? without_logins(repository) : NULL;
    return read_state(&record, row, err);
}

/* 0, or -1 with ERR: a signal. */
static int read_rows(const struct record_store *store, const char *ids, struct rows *rows,
                     struct error *err)
{
    while (*ids) {
        size_t length = strcspn(ids, "\n");
        auto_error struct error why = ERROR_INIT;
        struct row *row = rows_add(rows, ids, length);
        if (read_row(store, row, &why) < 0) {
            if (why.name == ERROR_INTERRUPTED)
                return error_set(err, why.name, "%s", why.text);
            row->problem = take_pointer(why.text);
        }
        ids += length + (ids[length] != 0);
    }
    return 0;
}

/* --- a table ------------------------------------------------------------------------------ */

enum { COLUMN_ID, COLUMN_NAME, COLUMN_STATE, COLUMN_FAMILY, COLUMN_REPOSITORY, COLUMNS };

static const struct {
    const char *title;
    size_t widest; /* columns of a terminal; what is longer is cut */
} columns[COLUMNS] = {{"ID", RECORD_ID_MAX},
                      {"NAME", 32},
                      {"STATE", 48},
                      {"FAMILY", 16},
                      {"REPOSITORY", RECORD_VALUE_MAX}};

static char *state_text(const struct row *row)
{
    if (row->problem)
        return xstrdup(row->read ? "cannot be started" : "cannot be read");
    if (row->rounds)
        return xasprintf("to be installed: round %u of %u", row->round, row->rounds);
    if (row->round)
        return xasprintf("to be installed: round %u", row->round);
    return row->booted_by ? xasprintf("installed: booted by %s", row->booted_by)
                          : xstrdup("installed: looked at when it starts");
}

/* TEXT (NULL: none) fit to be shown in COLUMN. */
static char *cell(const char *text, int column)
{
    static const char ellipsis[] = "…";
    size_t width, widest = columns[column].widest;
    if (!text)
        return xstrdup("-");
    char *shown = text_escape_bytes(text, strlen(text), 4 * RECORD_VALUE_MAX);
    if (utf8_columns(shown) <= widest)
        return shown;
    size_t fits = utf8_fit(shown, strlen(shown), widest - 1, &width);
    char *cut = xasprintf("%.*s%s", (int)fits, shown, ellipsis);
    free(shown);
    return cut;
}

static void cells_free(char **cells)
{
    for (int i = 0; i < COLUMNS; i++)
        free(cells[i]);
}

static void make_cells(const struct row *row, char **cells)
{
    auto_free char *state = state_text(row);
    cells[COLUMN_ID] = cell(row->id, COLUMN_ID);
    cells[COLUMN_NAME] = cell(row->name, COLUMN_NAME);
    cells[COLUMN_STATE] = cell(state, COLUMN_STATE);
    cells[COLUMN_FAMILY] = cell(row->family, COLUMN_FAMILY);
    cells[COLUMN_REPOSITORY] = cell(row->repository, COLUMN_REPOSITORY);
}

static void print_cells(const char *const *cells, const size_t *widths)
{
    for (int i = 0; i < COLUMNS - 1; i++)
        printf("%s%*s", cells[i], (int)(widths[i] - utf8_columns(cells[i])) + 2, "");
    printf("%s\n", cells[COLUMNS - 1]);
}

static void print_table(const struct rows *rows)
{
    size_t widths[COLUMNS];
    const char *titles[COLUMNS];
    char *cells[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        titles[i] = columns[i].title;
        widths[i] = strlen(titles[i]);
    }
    for (size_t i = 0; i < rows->count; i++) {
        make_cells(&rows->row[i], cells);
        for (int j = 0; j < COLUMNS; j++)
            if (utf8_columns(cells[j]) > widths[j])
                widths[j] = utf8_columns(cells[j]);
        cells_free(cells);
    }
    if (rows->count)
        print_cells(titles, widths);
    for (size_t i = 0; i < rows->count; i++) {
        make_cells(&rows->row[i], cells);
        print_cells((const char *const *)cells, widths);
        cells_free(cells);
    }
}

/* --- JSON --------------------------------------------------------------------------------- */

static json_t *number_json(unsigned number)
{
    return number ? json_integer(number) : json_null();
}

static json_t *row_json(const struct row *row)
{
    auto_free char *state = state_text(row);
    return json_pack("{s:s, s:s?, s:s, s:o, s:o, s:o, s:s?, s:s?, s:s?, s:s?}", "id", row->id,
                     "name", row->name, "state", state, "installed",
                     row->problem ? json_null() : json_boolean(row->round == 0), "round",
                     number_json(row->round), "rounds", number_json(row->rounds), "booted_by",
                     row->booted_by, "family", row->family, "repository", row->repository,
                     "problem", row->problem);
}

static int print_json(const struct rows *rows, struct error *err)
{
    json_auto_t *list = json_array();
    for (size_t i = 0; i < rows->count; i++)
        json_array_append_new(list, row_json(&rows->row[i]));
    return json_print(list, err);
}

/* --- together ----------------------------------------------------------------------------- */

int vm_list(struct vm_call *call, struct error *err)
{
    __attribute__((cleanup(rows_free))) struct rows rows = {0};
    auto_buffer struct buffer ids = BUFFER_INIT(IDS_MAX);
    int result = EXIT_SUCCESS;
    if (record_file_list(&call->store, &ids, err) < 0 ||
        read_rows(&call->store, buffer_text(&ids), &rows, err) < 0)
        return -1;
    if (call->settings->json && print_json(&rows, err) < 0)
        return -1;
    if (!call->settings->json)
        print_table(&rows);
    if (finish_output(err) < 0)
        return -1;
    for (size_t i = 0; i < rows.count; i++) {
        if (!rows.row[i].problem)
            continue;
        vm_complain(&(struct error){ERROR_INTERNAL, rows.row[i].problem});
        result = EXIT_FAILURE;
    }
    return result;
}
