/* The commands "eliloader vm …": what people do to VM records.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "common/child.h"
#include "common/log.h"
#include "common/nearest.h"
#include "loader/commands/commands.h"
#include "loader/commands/json_print.h"
#include "loader/commands/vm/vm_assign.h"
#include "loader/commands/vm/vm_edit.h"
#include "loader/commands/vm/vm_keys.h"
#include "loader/commands/vm/vm_list.h"
#include "loader/commands/vm/vm_say.h"
#include "loader/commands/vm/vm_show.h"
#include "loader/record/file.h"
#include "loader/record/program.h"
#include "loader/record/rounds.h"
#include "loader/record/rounds_reinstall.h"
#include "loader/record/rounds_state.h"

/* --- the commands ---------------------------------------------------------------------------- */

static int vm_create(struct vm_call *call, struct error *err)
{
    json_auto_t *record =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:{}, s:{}, s:{}, s:[]}", "uuid", call->id,
                  "name_label", call->id, "PV_bootloader", "eliloader", "PV_bootloader_args", "",
                  "PV_args", "", "other_config", "platform", "xenstore_data", "VBDs");
    if (record_apply(record, call->changes, err) < 0)
        return -1;
    const char *lacks = vm_keys_lacking(record);
    if (record_file_create(&call->store, call->id, record, err) < 0)
        return -1;
    log_step("VM %s: record created", call->id);
    if (lacks)
        log_warning("VM %s has %s", call->id, lacks);
    return 0;
}

/* Whether CHANGES set anything of an installation: "install-…" of other_config. */
static bool is_about_installing(const json_t *changes)
{
    size_t i;
    json_t *change;
    json_array_foreach(changes, i, change)
    {
        const char *path = json_string_value(json_object_get(change, "path"));
        if (path && json_object_get(change, "value") &&
            text_starts(path, "/" RECORD_CONFIG "/install-"))
            return true;
    }
    return false;
}

static int vm_set(struct vm_call *call, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    if (record_load(&call->store, call->id, RECORD_CHANGE, &record, err) < 0 ||
        record_commit(&record, call->changes, err) < 0)
        return -1;
    log_step("VM %s: record changed", call->id);
    /* Who prepares an installation, and misses what makes it one. */
    if (is_about_installing(call->changes) && !rounds_has_repository(&record) &&
        !rounds_installed(&record) && !rounds_marked(&record)) {
        const char *lacks = vm_keys_lacking(record.json);
        if (lacks)
            log_warning("VM %s has %s", call->id, lacks);
    }
    return 0;
}

static int vm_remove(struct vm_call *call, struct error *err)
{
    if (record_file_remove(&call->store, call->id, err) < 0)
        return -1;
    log_step("VM %s: record removed", call->id);
    return 0;
}

static int vm_reinstall(struct vm_call *call, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    json_auto_t *changes = record_changes_new();
    if (record_load(&call->store, call->id, RECORD_CHANGE, &record, err) < 0 ||
        rounds_reinstall(&record, changes, err) < 0 || record_commit(&record, changes, err) < 0)
        return -1;
    log_step("VM %s: back to round 1", call->id);
    return 0;
}

/* --- choosing the command -------------------------------------------------------------------- */

static const struct vm_command {
    const char *name;
    int (*function)(struct vm_call *call, struct error *err);
    const char *synopsis;
    size_t ids_max;     /* how many VMs it takes; it needs one when it takes any */
    size_t least_words; /* KEY=VALUE behind them */
    bool takes_words;
    bool takes_json;
    bool needs_files; /* more of a backend than its two calls: only the file backend has it */
} vm_commands[] = {
    {"create", vm_create, "create ID… [KEY=VALUE…]", SIZE_MAX, 0, true, false, true},
    {"set", vm_set, "set ID… KEY=VALUE…", SIZE_MAX, 1, true, false, false},
    {"edit", vm_edit, "edit ID", 1, 0, false, false, false},
    {"show", vm_show, "show ID… [--json]", SIZE_MAX, 0, false, true, false},
    {"list", vm_list, "list [--json]", 0, 0, false, true, true},
    {"remove", vm_remove, "remove ID…", SIZE_MAX, 0, false, false, true},
    {"reinstall", vm_reinstall, "reinstall ID…", SIZE_MAX, 0, false, false, false},
};

static const struct vm_command *find_command(const char *name, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(vm_commands); i++)
        if (strcmp(vm_commands[i].name, name) == 0)
            return &vm_commands[i];
    auto_buffer struct buffer known = BUFFER_INIT(256);
    for (size_t i = 0; i < ARRAY_SIZE(vm_commands); i++)
        (void)buffer_addf(&known, "%s%s", i ? ", " : "", vm_commands[i].name);
    struct nearest nearest = NEAREST(name);
    for (size_t i = 0; i < ARRAY_SIZE(vm_commands); i++)
        nearest_offer(&nearest, vm_commands[i].name);
    if (*name)
        (void)error_set(err, ERROR_USAGE, "there is no command 'vm %s'%s (there are %s)", name,
                        nearest_hint(&nearest), buffer_text(&known));
    else
        (void)error_set(err, ERROR_USAGE, "vm needs a command: %s", buffer_text(&known));
    return NULL;
}

/* The words of the command line behind the command's own name. */
struct operands {
    char *const *ids;
    size_t id_count;
    char *const *words; /* KEY=VALUE */
    size_t word_count;
};

/* An ID holds no '=': what stands in front of the first KEY=VALUE is one. */
static size_t count_ids(char *const *operands, size_t count, const struct vm_command *command)
{
    size_t ids = 0;
    while (ids < count && ids < command->ids_max &&
           !(command->takes_words && strchr(operands[ids], '=')))
        ids++;
    return ids;
}

static int take_operands(const struct vm_command *command, const struct settings *settings,
                         struct operands *operands, struct error *err)
{
    char *const *all = settings->operands + 1;
    size_t count = settings->operand_count - 1;
    size_t ids = count_ids(all, count, command);
    *operands = (struct operands){all, ids, all + ids, count - ids};
    if (command->ids_max > 0 && ids == 0)
        return error_set(err, ERROR_USAGE, "no VM is named: eliloader vm %s", command->synopsis);
    for (size_t i = 0; i < ids; i++)
        if (!record_id_valid(all[i]))
            return error_set(err, ERROR_USAGE, "'%s' cannot be a VM: " RECORD_ID_RULE, all[i]);
    if (operands->word_count < command->least_words)
        return error_set(err, ERROR_USAGE, "nothing to do: eliloader vm %s", command->synopsis);
    if (operands->word_count > 0 && !command->takes_words)
        return error_set(err, ERROR_USAGE, "'%s' is one word too many: eliloader vm %s", all[ids],
                         command->synopsis);
    if (settings->json && !command->takes_json)
        return error_set(err, ERROR_USAGE, "--json goes with `vm show` and `vm list` only");
    return 0;
}

/* --- doing it -------------------------------------------------------------------------------- */

static int refuse_without_files(const struct vm_command *command, const struct record_store *store,
                                struct error *err)
{
    if (store->backend == &record_xapi_backend)
        return error_set(err, ERROR_INTERNAL,
                         "`vm %s` works on the record files of this host only; with 'xapi', the "
                         "toolstack does that",
                         command->name);
    return error_set(err, ERROR_INTERNAL,
                     "`vm %s` works on the record files of this host only; with '%s', that is done "
                     "with the tools of the place where it keeps its records",
                     command->name, store->places.backend);
}

/* Chooses where the record of CALL's VM is, and does what COMMAND does there. */
static int run_one(const struct vm_command *command, struct vm_call *call, struct error *err)
{
    const struct settings *settings = call->settings;
    const struct record_places places = {settings->record, settings->record_dir,
                                         settings->xapi_socket};
    log_about(call->id, NULL);
    int result =
        record_store_choose(&places, command->needs_files ? NULL : call->id, &call->store, err);
    if (result == 0 && command->needs_files && call->store.backend != &record_file_backend)
        result = refuse_without_files(command, &call->store, err);
    if (result == 0)
        result = command->function(call, err);
    record_store_free(&call->store);
    return result;
}

/* One after the other. Each is tried, and each failure has its sentence; what none of them can do,
 * or a signal, ends it all. */
static int run_several(const struct vm_command *command, const struct operands *operands,
                       struct vm_call *call, struct error *err)
{
    int result = EXIT_SUCCESS;
    call->several = true;
    call->shown = call->settings->json ? json_array() : NULL;
    signals_hold();
    for (size_t i = 0; i < operands->id_count; i++) {
        auto_error struct error why = ERROR_INIT;
        call->id = operands->ids[i];
        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED, "interrupted before VM %s", call->id);
        if (run_one(command, call, &why) == 0)
            continue;
        if (why.name == ERROR_USAGE || why.name == ERROR_INTERRUPTED)
            return error_set(err, why.name, "%s", why.text);
        vm_complain(&why);
        result = EXIT_FAILURE;
    }
    return call->shown && json_print(call->shown, err) < 0 ? -1 : result;
}

static int run_command(const struct vm_command *command, struct vm_call *call, struct error *err)
{
    struct operands operands;
    if (take_operands(command, call->settings, &operands, err) < 0)
        return -1;
    if (command->takes_words) {
        call->changes = vm_changes_of(operands.words, operands.word_count, err);
        if (!call->changes)
            return -1;
    }
    if (operands.id_count > 1)
        return run_several(command, &operands, call, err);
    call->id = operands.id_count ? operands.ids[0] : NULL;
    return run_one(command, call, err);
}

int command_vm(const struct settings *settings, struct error *err)
{
    const char *name = settings->operand_count ? settings->operands[0] : "";
    const struct vm_command *command = find_command(name, err);
    struct vm_call call = {.settings = settings, .store = RECORD_STORE_INIT};
    int result = command ? run_command(command, &call, err) : -1;
    json_decref(call.changes);
    json_decref(call.shown);
    return result;
}
