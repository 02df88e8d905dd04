/* Fuzz target: what a record program answers, and xapi.
 *
 * The first byte of the input chooses who answers, the rest is the answer. Whatever a program says,
 * it is refused with a sentence, or is a record of which every value that is used is clean text of
 * a bounded length, and which every step of an installation changes into another record, or leaves
 * as it is with a sentence. What xapi says is a result, or an error with a sentence.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "loader/record/changes.h"
#include "loader/record/program.h"
#include "loader/record/rounds.h"
#include "loader/record/rounds_reinstall.h"
#include "loader/record/rounds_state.h"
#include "loader/records/jsonrpc.h"

#define ID 1 /* of the call that is answered */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* RESULT is 0, or -1 with ERR, which is empty again then. */
static int judged(int result, struct error *err)
{
    must(result == 0 || (result < 0 && err->text && err->name != ERROR_NONE));
    error_clear(err);
    return result;
}

static void read_values(const struct record *record)
{
    static const char *const values[][2] = {{NULL, "PV_args"},
                                            {NULL, "PV_bootloader"},
                                            {NULL, "PV_bootloader_args"},
                                            {"other_config", "install-repository"},
                                            {"other_config", "install-distro"},
                                            {"platform", "pv-kernel-max-size"},
                                            {"xenstore_data", "vm-data"}};
    auto_error struct error err = ERROR_INIT;
    const char *value;

    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        if (judged(record_get(record, values[i][0], values[i][1], &value, &err), &err) == 0)
            must(!value || (text_is_clean(value) && strlen(value) <= RECORD_VALUE_MAX));
    if (judged(rounds_family(record, &value, &err), &err) == 0)
        must(!value || text_is_clean(value));
    if (judged(rounds_bootloader_args(record, &value, &err), &err) == 0)
        must(!value || text_is_clean(value));
    if (judged(rounds_pv_args(record, &value, &err), &err) == 0)
        must(!value || text_is_clean(value));
    (void)!rounds_installed(record);
    (void)!rounds_has_repository(record);
    (void)!rounds_recorded(record);
}

static int advance(const struct record *record, json_t *changes, struct error *err)
{
    return rounds_advance(record, changes, 2, "sleslike", err);
}
static int finish_with_args(const struct record *record, json_t *changes, struct error *err)
{
    return rounds_finish_with_args(record, changes, "--kernel /k", "ro", err);
}

/* Each step by itself, on a copy. */
static void take_steps(const struct record *record)
{
    static int (*const steps[])(const struct record *, json_t *, struct error *) = {
        advance,         rounds_finish,         finish_with_args, rounds_finish_native,
        rounds_complete, rounds_boot_from_disk, rounds_reinstall};
    auto_error struct error err = ERROR_INIT;

    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        json_auto_t *changes = record_changes_new(), *copy = json_deep_copy(record->json);
        if (judged(steps[i](record, changes, &err), &err) == 0 &&
            judged(record_apply(copy, changes, &err), &err) < 0)
            must(json_equal(copy, record->json));
    }
}

static void load(const char *bytes, size_t length)
{
    struct record record = RECORD_INIT;
    auto_error struct error err = ERROR_INIT;
    enum vm_state state;

    record.id = (char *)(uintptr_t) "vm";
    record.backend = &record_program_backend;
    record.json = record_program_parse("/record-x", record.id, bytes, length, &err);
    must(record.json ? json_is_object(record.json) : err.text != NULL);
    if (!record.json)
        return;
    (void)judged(rounds_state(&record, &state, &err), &err);
    read_values(&record);
    take_steps(&record);
    json_decref(record.json);
}

static void answer_of_xapi(const char *bytes, size_t length)
{
    json_auto_t *result = NULL;
    auto_jsonrpc_failure struct jsonrpc_failure failure = JSONRPC_FAILURE_INIT;
    auto_error struct error err = ERROR_INIT;
    int answered = jsonrpc_parse_answer(bytes, length, "VM.x", ID, &result, &failure, &err);

    must(answered == 0 ? result && !json_is_null(result) : err.text != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > RECORD_SIZE_MAX)
        return 0;
    auto_free char *bytes = xmalloc(size);

    memcpy(bytes, data + 1, size - 1);
    bytes[size - 1] = '\0';
    if (data[0] & 1)
        answer_of_xapi(bytes, size - 1);
    else
        load(bytes, size - 1);
    return 0;
}
