/* eliloader vm edit. See vm_edit.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_edit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/log.h"
#include "loader/commands/vm/vm_difference.h"
#include "loader/commands/vm/vm_editor.h"
#include "loader/commands/vm/vm_say.h"
#include "loader/host/terminal.h"
#include "loader/record/changes.h"

#define KEY_INTERRUPT 0x03
#define KEY_END       0x04
#define KEY_ESCAPE    0x1b

/* Milliseconds after which a signal is seen that came while a key was waited for. */
#define SIGNAL_MS 200

/* Waits for a key on TERMINAL. 1 with *KEY; 0: the terminal is gone; -1 with ERR: a signal came. */
static int wait_for_key(const struct terminal *terminal, unsigned char *key, struct error *err)
{
    struct pollfd keys = {.fd = terminal->fd, .events = POLLIN};

    for (;;) {
        int ready = poll(&keys, 1, SIGNAL_MS);
        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED, "interrupted by a signal; nothing is changed");
        ssize_t count = ready > 0 ? read(terminal->fd, key, 1) : -1;
        if (count == 1)
            return 1;
        if (ready > 0 && (count == 0 || (errno != EAGAIN && errno != EINTR)))
            return 0;
    }
}

/* Asks what to do with a text that cannot be taken. 1: it is edited again; 0: not; -1 with ERR. */
static int ask_again(struct error *err)
{
    auto_terminal struct terminal terminal = TERMINAL_INIT;
    unsigned char key = 0;
    bool again = false;
    int result;

    if (terminal_open(&terminal, err) < 0)
        return -1;
    fprintf(stderr, "e: edit it again, q: leave the record as it is ");
    while ((result = wait_for_key(&terminal, &key, err)) == 1) {
        again = key == 'e' || key == 'E' || key == '\r' || key == '\n';
        if (again || key == 'q' || key == 'Q' || key == KEY_INTERRUPT || key == KEY_END ||
            key == KEY_ESCAPE)
            break;
    }
    fprintf(stderr, "\r\n");
    return result < 0 ? -1 : again;
}

/* What the text asks for, as changes to BEFORE. */
static int read_changes(const struct vm_editor *editor, json_t *before, json_t *changes,
                        struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(4 * RECORD_SIZE_MAX);
    json_error_t where;

    json_array_clear(changes);
    if (vm_editor_read(editor, &text, err) < 0)
        return -1;
    json_auto_t *after =
        json_loadb(buffer_text(&text), text.length, JSON_REJECT_DUPLICATES, &where);
    if (!after)
        return error_set(err, ERROR_USAGE, "line %d, column %d: %s", where.line, where.column,
                         where.text);
    return vm_difference(before, after, changes, err);
}

/* Until the text can be taken, or the person gives up. */
static int edit(const struct vm_call *call, const struct vm_editor *editor, json_t *before,
                json_t *changes, struct error *err)
{
    for (;;) {
        auto_error struct error why = ERROR_INIT;
        if (vm_editor_run(editor, err) < 0)
            return -1;
        if (read_changes(editor, before, changes, &why) == 0)
            return 0;
        if (why.name != ERROR_USAGE)
            return error_set(err, why.name, "%s", why.text);
        vm_complain(&why);
        int again = ask_again(err);
        if (again < 0)
            return -1;
        if (again == 0)
            return error_set(err, ERROR_INTERNAL, "VM %s is as it was: what you wrote is not taken",
                             call->id);
    }
}

/* Makes CHANGES to the record as it is now. */
static int commit(const struct vm_call *call, const json_t *changes, struct error *err)
{
    auto_record struct record record = RECORD_INIT;

    if (record_load(&call->store, call->id, RECORD_CHANGE, &record, err) < 0)
        return -1;
    return record_commit(&record, changes, err);
}

/* The record's JSON for an editor; the caller frees. */
static char *text_of(const json_t *json)
{
    auto_free char *dump = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    auto_free char *shown = dump ? text_escape_json(dump) : NULL;

    return shown ? xasprintf("%s\n", shown) : NULL;
}

/* The record as it is now, which the caller frees by json_decref(). */
static json_t *load(const struct vm_call *call, struct error *err)
{
    auto_record struct record record = RECORD_INIT;

    if (record_load(&call->store, call->id, RECORD_READ, &record, err) < 0)
        return NULL;
    return json_incref(record.json);
}

int vm_edit(struct vm_call *call, struct error *err)
{
    auto_vm_editor struct vm_editor editor = VM_EDITOR_INIT;
    json_auto_t *changes = record_changes_new();

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(
            err, ERROR_INTERNAL,
            "`vm edit` needs a terminal; without one, `eliloader vm set %s KEY=VALUE…` "
            "changes the record",
            call->id);
    json_auto_t *before = load(call, err);
    auto_free char *text = before ? text_of(before) : NULL;
    auto_free char *name = xasprintf("%s.json", call->id);
    if (!before)
        return -1;
    if (!text)
        return error_set(err, ERROR_INTERNAL, "the record of VM %s cannot be written as JSON",
                         call->id);
    if (vm_editor_open(&editor, name, text, err) < 0 ||
        edit(call, &editor, before, changes, err) < 0)
        return -1;
    if (json_array_size(changes) == 0) {
        log_notice("VM %s: nothing is changed", call->id);
        return 0;
    }
    if (commit(call, changes, err) < 0) {
        editor.keep = true;
        return error_hint(err, "what you wrote is kept in %s", editor.path);
    }
    log_step("VM %s: record changed", call->id);
    return 0;
}
