/* The commands "eliloader vm …": what people do to VM records.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "common/log.h"
#include "common/nearest.h"
#include "loader/commands/commands.h"
#include "loader/commands/json_print.h"
#include "loader/commands/vm/vm_keys.h"
#include "loader/record/file.h"
#include "loader/record/names.h"
#include "loader/record/program.h"
#include "loader/record/rounds.h"
#include "loader/record/rounds_reinstall.h"

/* One VM's lines, and the list of all VMs, as they are printed. Bytes. */
#define OUTPUT_MAX (64 * 1024 * 1024)
/* Escaping makes at most four bytes of one. */
#define SHOWN_MAX (4 * RECORD_SIZE_MAX)

/* --- KEY=VALUE ------------------------------------------------------------------------------- */

/* Says which part of KEY=VALUE is unusable, and why. */
static int check_assignment(const char *name, const char *map, const char *key, const char *value,
                            struct error *err)
{
    if (map && (!*key || strlen(key) > RECORD_KEY_MAX || !text_is_clean(key)))
        return error_set(err, ERROR_USAGE,
                         "'%s': the key after the colon must be 1 to %d bytes without control "
                         "characters",
                         name, RECORD_KEY_MAX);
    json_auto_t *key_json = json_string(key);
    if (!key_json)
        return error_set(err, ERROR_USAGE, "'%s' is not UTF-8 text", name);
    json_auto_t *value_json = json_string(value);
    if (!value_json)
        return error_set(err, ERROR_USAGE, "the value of %s is not UTF-8 text", name);
    auto_error struct error why = ERROR_INIT;
    if (record_check_text(value_json, &why) < 0)
        return error_set(err, ERROR_USAGE, "the value of %s %s", name, why.text);
    return 0;
}

static int add_assignment(const char *word, json_t *changes, struct error *err)
{
    const char *equals = strchr(word, '=');
    if (!equals)
        return error_set(err, ERROR_USAGE, "'%s' is not of the form KEY=VALUE", word);
    const char *map, *value = equals + 1;
    auto_free char *name = xstrndup(word, (size_t)(equals - word));
    auto_free char *key = NULL;
    if (!record_name_parse(name, strlen(name), &map, &key))
        return vm_key_unknown(name, err);
    if (check_assignment(name, map, key, value, err) < 0 || vm_key_check(map, key, value, err) < 0)
        return -1;
    if (map && !*value)
        record_change_remove(changes, map, key);
    else
        record_change_set(changes, map, key, value);
    return 0;
}

/* The changes that COUNT words of the form KEY=VALUE ask for; NULL with ERR. */
static json_t *parse_assignments(char *const *words, size_t count, struct error *err)
{
    json_t *changes = record_changes_new();
    for (size_t i = 0; i < count; i++) {
        if (add_assignment(words[i], changes, err) < 0) {
            json_decref(changes);
            return NULL;
        }
    }
    return changes;
}

/* --- output ---------------------------------------------------------------------------------- */

static int print(const char *text, size_t length, struct error *err)
{
    if (fwrite(text, 1, length, stdout) != length || fflush(stdout) != 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write to standard output");
    return 0;
}

struct command_lines {
    char **line;
    size_t count;
};

static void lines_free(struct command_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->line[i]);
    free(lines->line);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds "NAME = VALUE"; what is no text is shown as its JSON. NAME is taken over. */
static void add_line(struct command_lines *lines, char *name, const json_t *value)
{
    auto_free char *owned = name;
    auto_free char *dump =
        json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *text = dump ? dump : json_string_value(value);
    auto_free char *key = text_escape_bytes(owned, strlen(owned), SHOWN_MAX);
    auto_free char *shown = text_escape_bytes(text ? text : "", text ? strlen(text) : 0, SHOWN_MAX);
    lines->line = xreallocarray(lines->line, lines->count + 1, sizeof *lines->line);
    lines->line[lines->count++] = xasprintf("%s = %s\n", key, shown);
}

/* All that `vm set` can set, as it is now. */
static void add_record(struct command_lines *lines, const json_t *record)
{
    for (const struct record_name *field = record_fields; field->json; field++) {
        const json_t *value = json_object_get(record, field->json);
        if (value)
            add_line(lines, xstrdup(field->user), value);
    }
    for (const struct record_name *map = record_maps; map->json; map++) {
        json_t *object = json_object_get(record, map->json);
        const char *key;
        json_t *value;
        if (object && !json_is_object(object))
            add_line(lines, xstrdup(map->user), object);
        json_object_foreach(object, key, value)
        {
            add_line(lines, record_name_of(map->json, key), value);
        }
    }
}

static int print_record(const json_t *record, struct error *err)
{
    __attribute__((cleanup(lines_free))) struct command_lines lines = {0};
    auto_buffer struct buffer out = BUFFER_INIT(OUTPUT_MAX);
    add_record(&lines, record);
    if (lines.count)
        qsort(lines.line, lines.count, sizeof *lines.line, compare_lines);
    for (size_t i = 0; i < lines.count; i++)
        (void)buffer_add_text(&out, lines.line[i]);
    return print(buffer_text(&out), out.length, err);
}

/* --- the commands ---------------------------------------------------------------------------- */

/* What a command works on. */
struct call {
    const struct settings *settings;
    struct record_store store;
    const char *id;     /* NULL for list */
    char *const *words; /* what follows the ID */
    size_t word_count;
};

/* Makes CHANGES to the record of CALL's VM. */
static int change_record(const struct call *call, const json_t *changes, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    if (record_load(&call->store, call->id, RECORD_CHANGE, &record, err) < 0)
        return -1;
    return record_commit(&record, changes, err);
}

static int vm_create(const struct call *call, struct error *err)
{
    json_auto_t *changes = parse_assignments(call->words, call->word_count, err);
    if (!changes)
        return -1;
    json_auto_t *record =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:{}, s:{}, s:{}, s:[]}", "uuid", call->id,
                  "name_label", call->id, "PV_bootloader", "eliloader", "PV_bootloader_args", "",
                  "PV_args", "", "other_config", "platform", "xenstore_data", "VBDs");
    if (record_apply(record, changes, err) < 0)
        return -1;
    const char *lacks = vm_keys_lacking(record);
    if (record_file_create(&call->store, call->id, record, err) < 0)
        return -1;
    log_step("VM %s: record created", call->id);
    if (lacks)
        log_warning("VM %s has %s", call->id, lacks);
    return 0;
}

static int vm_set(const struct call *call, struct error *err)
{
    json_auto_t *changes = parse_assignments(call->words, call->word_count, err);
    if (!changes || change_record(call, changes, err) < 0)
        return -1;
    log_step("VM %s: record changed", call->id);
    return 0;
}

static int vm_show(const struct call *call, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    if (record_load(&call->store, call->id, RECORD_READ, &record, err) < 0)
        return -1;
    return call->settings->json ? json_print(record.json, err) : print_record(record.json, err);
}

static int vm_list(const struct call *call, struct error *err)
{
    auto_buffer struct buffer out = BUFFER_INIT(OUTPUT_MAX);
    if (record_file_list(&call->store, &out, err) < 0)
        return -1;
    return print(buffer_text(&out), out.length, err);
}

static int vm_remove(const struct call *call, struct error *err)
{
    if (record_file_remove(&call->store, call->id, err) < 0)
        return -1;
    log_step("VM %s: record removed", call->id);
    return 0;
}

static int vm_reinstall(const struct call *call, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    json_auto_t *changes = record_changes_new();
    if (record_load(&call->store, call->id, RECORD_CHANGE, &record, err) < 0 ||
        rounds_reinstall(&record, changes, err) < 0 || record_commit(&record, changes, err) == -1)
        return -1;
    log_step("VM %s: back to round 1", call->id);
    return 0;
}

/* --- choosing the command -------------------------------------------------------------------- */

static const struct vm_command {
    const char *name;
    int (*function)(const struct call *call, struct error *err);
    const char *synopsis;
    size_t least_words; /* after the ID */
    bool takes_words;
    bool takes_id;
} vm_commands[] = {
    {"create", vm_create, "create ID [KEY=VALUE…]", 0, true, true},
    {"set", vm_set, "set ID KEY=VALUE…", 1, true, true},
    {"show", vm_show, "show ID [--json]", 0, false, true},
    {"list", vm_list, "list", 0, false, false},
    {"remove", vm_remove, "remove ID", 0, false, true},
    {"reinstall", vm_reinstall, "reinstall ID", 0, false, true},
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

/* Sorts the operands after the command's own name into CALL. */
static int take_operands(const struct vm_command *command, struct call *call, struct error *err)
{
    char *const *operands = call->settings->operands + 1;
    size_t count = call->settings->operand_count - 1;
    if (command->takes_id) {
        if (count == 0)
            return error_set(err, ERROR_USAGE, "no VM is named: eliloader vm %s",
                             command->synopsis);
        call->id = operands[0];
        if (!record_id_valid(call->id))
            return error_set(err, ERROR_USAGE, "'%s' cannot be a VM: " RECORD_ID_RULE, call->id);
        operands++;
        count--;
    }
    if (count < command->least_words)
        return error_set(err, ERROR_USAGE, "nothing to do: eliloader vm %s", command->synopsis);
    if (count > 0 && !command->takes_words)
        return error_set(err, ERROR_USAGE, "'%s' is one word too many: eliloader vm %s",
                         operands[0], command->synopsis);
    call->words = operands;
    call->word_count = count;
    return 0;
}

/* True when COMMAND needs more of a backend than its two calls: only the file backend has it. */
static bool needs_files(const struct vm_command *command)
{
    return command->function == vm_create || command->function == vm_list ||
           command->function == vm_remove;
}

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

/* Chooses where CALL's records are, and does what COMMAND does there. */
static int run_command(const struct vm_command *command, struct call *call, struct error *err)
{
    const struct settings *settings = call->settings;
    const struct record_places places = {settings->record, settings->record_dir,
                                         settings->xapi_socket};
    if (record_store_choose(&places, needs_files(command) ? NULL : call->id, &call->store, err) ==
        -1)
        return -1;
    if (needs_files(command) && call->store.backend != &record_file_backend)
        return refuse_without_files(command, &call->store, err);
    return command->function(call, err);
}

int command_vm(const struct settings *settings, struct error *err)
{
    const char *name = settings->operand_count ? settings->operands[0] : "";
    const struct vm_command *command = find_command(name, err);
    struct call call = {.settings = settings, .store = RECORD_STORE_INIT};
    if (!command || take_operands(command, &call, err) < 0)
        return -1;
    if (settings->json && command->function != vm_show)
        return error_set(err, ERROR_USAGE, "--json goes with `vm show` only");
    int result = run_command(command, &call, err);
    record_store_free(&call.store);
    return result;
}
