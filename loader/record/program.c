/* Record backends that are programs: `PROGRAM load ID` and `PROGRAM commit ID`. What such a
 * program is told and must answer is in eliloader-record(7).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/program.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "loader/record/changes.h"
#include "loader/record/store.h"

/* Seconds for one call; the program is killed after that. */
#define CALL_SECONDS 60
/* Tells the program the setting xapi-socket. */
#define SOCKET_VARIABLE "ELILOADER_XAPI_SOCKET"

/* The contract's exit statuses. */
enum program_status {
    PROGRAM_FAILED = 1,
    PROGRAM_USAGE = 2,
    PROGRAM_NO_VM = 4,
    PROGRAM_CHANGED = 5,
    PROGRAM_NOT_STARTED = 127, /* as child.h has it */
};

/* NOLINTNEXTLINE(misc-redundant-expression): equal today, and to stay so */
_Static_assert(RECORD_SIZE_MAX <= CHILD_LINE_MAX, "a whole record is taken as one line");

/* A record that was loaded: the backend's `state`. */
struct record_program {
    char *path;
    char *socket_setting; /* "ELILOADER_XAPI_SOCKET=PATH", or NULL */
    enum record_access access;
};

struct program_call {
    const struct record_program *program;
    const char *id;
    const char *changes;  /* JSON for a commit; NULL: it is a load */
    struct buffer record; /* what a load answered */
};

static const char *verb_of(const struct program_call *call)
{
    return call->changes ? "commit" : "load";
}

/* --- running the program --------------------------------------------------------------------- */

/* The environment that PROGRAM gets: ours, and the setting. The caller frees the list alone. */
static const char **make_environment(const struct record_program *program)
{
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    const char **list = xcalloc(count + 2, sizeof *list);
    for (size_t i = 0; i < count; i++)
        if (!program->socket_setting || !text_starts(environ[i], SOCKET_VARIABLE "="))
            list[kept++] = environ[i];
    list[kept] = program->socket_setting;
    return list;
}

static int take_record(void *context, const char *bytes, size_t length, struct error *err)
{
    struct program_call *call = context;
    if (!buffer_add(&call->record, bytes, length))
        return error_set(err, ERROR_INTERNAL, "the program %s answered more than %d bytes",
                         call->program->path, RECORD_SIZE_MAX);
    return 0;
}

/* What the program's own sentence means when it has none; NULL where only how it ended says
 * something. */
static const char *meaning(int status)
{
    switch (status) {
    case PROGRAM_NO_VM:
        return "there is no such VM";
    case PROGRAM_CHANGED:
        return "it was changed by somebody else meanwhile";
    default:
        return NULL;
    }
}

/* Makes ERR from how the program ended: WHY has child_run()'s words, SAID the program's own. */
static int describe_failure(const struct program_call *call, int status, const char *said,
                            const struct error *why, struct error *err)
{
    const char *words = said && *said ? said : meaning(status), *path = call->program->path;

    if (why->name == ERROR_INTERRUPTED)
        return error_set(err, why->name, "%s", why->text);
    if (words && (status == PROGRAM_FAILED || status == PROGRAM_NO_VM || status == PROGRAM_CHANGED))
        return error_set(err, ERROR_INTERNAL, "VM %s: %s", call->id, words);
    (void)error_set(err, ERROR_INTERNAL, "VM %s: %s", call->id, why->text);
    if (status == PROGRAM_FAILED)
        return error_hint(err, "it did not say why");
    if (status == PROGRAM_USAGE)
        return error_hint(err, "%s must know the call '%s ID': see eliloader-record(7)", path,
                          verb_of(call));
    if (status == PROGRAM_NOT_STARTED && !words)
        return error_hint(err, "is what its first line names there?");
    if (call->changes)
        return error_hint(err,
                          "the record may have been changed all the same: `eliloader vm show %s` "
                          "tells",
                          call->id);
    return -1;
}

static int run_program(struct program_call *call, struct error *err)
{
    const struct record_program *program = call->program;
    const char *const argv[] = {program->path, verb_of(call), call->id, NULL};
    const char **environment = make_environment(program);
    auto_free char *said = NULL;
    auto_error struct error why = ERROR_INIT;
    int status = -1;
    const struct child_spec spec = {.name = strrchr(program->path, '/') + 1,
                                    .path = program->path,
                                    .argv = argv,
                                    .envp = environment,
                                    .input = call->changes,
                                    .total_seconds = CALL_SECONDS,
                                    .on_stdout = true,
                                    .uninterrupted = call->changes != NULL,
                                    .exit_status = &status,
                                    .last_words = &said,
                                    .line = call->changes ? NULL : take_record,
                                    .context = call};
    int result = child_run(&spec, &why);
    free(environment);
    return result == 0 ? 0 : describe_failure(call, status, said, &why, err);
}

/* --- the backend ----------------------------------------------------------------------------- */

json_t *record_program_parse(const char *path, const char *id, const char *bytes, size_t length,
                             struct error *err)
{
    json_error_t where;
    json_auto_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &where);

    if (json_is_object(json))
        return json_incref(json);
    if (!json)
        (void)error_set(err, ERROR_INTERNAL, "VM %s: what %s answered is no record: line %d: %s",
                        id, path, where.line, where.text);
    else
        (void)error_set(err, ERROR_INTERNAL,
                        "VM %s: what %s answered is no record: it is a JSON array, not an object",
                        id, path);
    return NULL;
}

static int program_load(const struct record_store *store, const char *id, enum record_access access,
                        struct record *record, struct error *err)
{
    struct record_program *program = xcalloc(1, sizeof *program);
    record->state = program; /* freed by the caller, also on failure */
    program->path = xstrdup(store->program);
    if (store->places.xapi_socket)
        program->socket_setting = xasprintf(SOCKET_VARIABLE "=%s", store->places.xapi_socket);
    program->access = access;

    struct program_call call = {
        .program = program, .id = id, .record = BUFFER_INIT(RECORD_SIZE_MAX)};
    int result = run_program(&call, err);
    if (result == 0) {
        record->json = record_program_parse(program->path, id, buffer_text(&call.record),
                                            call.record.length, err);
        result = record->json ? 0 : -1;
    }
    buffer_free(&call.record);
    return result;
}

/* RECORD's json with CHANGES made, or NULL with ERR: also when it could not be loaded again. */
static json_t *make_changes(const struct record *record, const json_t *changes, struct error *err)
{
    json_auto_t *json = json_deep_copy(record->json);
    if (record_apply(json, changes, err) < 0) {
        (void)error_prefix(err, "VM %s", record->id);
        return NULL;
    }
    size_t size = json_dumpb(json, NULL, 0, JSON_COMPACT);
    if (size == 0 || size > RECORD_SIZE_MAX) {
        (void)error_set(err, ERROR_INTERNAL,
                        "VM %s: its record would be larger than %d bytes; remove something from "
                        "it first",
                        record->id, RECORD_SIZE_MAX);
        return NULL;
    }
    return json_incref(json);
}

static int program_commit(struct record *record, const json_t *changes, struct error *err)
{
    const struct record_program *program = record->state;
    if (program->access == RECORD_READ)
        return error_set(err, ERROR_INTERNAL, "VM %s was loaded to be looked at, not changed",
                         record->id);
    json_auto_t *after = make_changes(record, changes, err);
    auto_free char *list = json_dumps(changes, JSON_COMPACT);
    if (!after)
        return -1;
    if (!list)
        return error_set(err, ERROR_INTERNAL, "VM %s: the changes cannot be written as JSON",
                         record->id);
    auto_free char *line = xasprintf("%s\n", list);
    struct program_call call = {.program = program, .id = record->id, .changes = line};
    if (run_program(&call, err) < 0)
        return -1;
    json_decref(record->json);
    record->json = json_incref(after);
    return 0;
}

static void program_release(struct record *record)
{
    struct record_program *program = record->state;
    free(program->path);
    free(program->socket_setting);
    free(program);
    record->state = NULL;
}

const struct record_backend record_program_backend = {
    .name = "program",
    .toolstack_adds_args = false,
    .only_roots = false,
    .load = program_load,
    .commit = program_commit,
    .release = program_release,
};

const struct record_backend record_xapi_backend = {
    .name = "xapi",
    .toolstack_adds_args = true,
    .only_roots = false,
    .load = program_load,
    .commit = program_commit,
    .release = program_release,
};
