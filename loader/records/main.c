/* record-xapi: the VM records of xapi's database, as eliloader-record(7) wants them.
 *
 *     record-xapi load UUID      prints the record
 *     record-xapi commit UUID    makes the changes on stdin
 *
 * Environment: ELILOADER_XAPI_SOCKET, the path of xapi's socket; ELILOADER_XAPI_TIMEOUT, the
 * seconds that one call may take.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/io.h"
#include "loader/record/record.h"
#include "loader/records/xapi.h"
#include "loader/records/xapi_commit.h"
#include "loader/records/xapi_record.h"

/* Bytes of a list of changes. */
#define CHANGES_BYTES_MAX RECORD_SIZE_MAX

#define USAGE "usage: record-xapi load UUID, or record-xapi commit UUID with changes on stdin"

static int usage_error(struct error *err, const char *why)
{
    return error_set(err, ERROR_USAGE, "%s; " USAGE, why);
}

static const char *socket_path(void)
{
    const char *path = getenv("ELILOADER_XAPI_SOCKET");
    return path && *path ? path : XAPI_SOCKET_DEFAULT;
}

static int call_seconds(uint64_t *seconds, struct error *err)
{
    const char *text = getenv("ELILOADER_XAPI_TIMEOUT");
    if (text && *text &&
        (!text_to_number(text, JSONRPC_CALL_SECONDS_MAX, seconds) || *seconds == 0))
        return error_set(err, ERROR_INTERNAL,
                         "ELILOADER_XAPI_TIMEOUT=%s is not a number of seconds from 1 to %d", text,
                         JSONRPC_CALL_SECONDS_MAX);
    return 0;
}

static int open_session(struct xapi *xapi, const char *uuid, struct error *err)
{
    uint64_t seconds = JSONRPC_CALL_SECONDS;
    if (call_seconds(&seconds, err) < 0)
        return -1;
    /* A session is not to be left open. */
    signals_hold();
    return xapi_open(xapi, socket_path(), (unsigned)seconds, uuid, err);
}

/* --- load ------------------------------------------------------------------------------------ */

/* The record as one line. */
static int print_record(const json_t *json, struct error *err)
{
    auto_free char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    size_t length = text ? strlen(text) : 0;
    if (!text)
        return error_set(err, ERROR_INTERNAL, "the record cannot be written as JSON");
    if (length > RECORD_SIZE_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "the record is %zu bytes long, at most %d are allowed", length,
                         RECORD_SIZE_MAX);
    if (write_all(STDOUT_FILENO, text, length) < 0 || write_all(STDOUT_FILENO, "\n", 1) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the record to stdout");
    return 0;
}

static int load(const char *uuid, enum xapi_status *status, struct error *err)
{
    auto_xapi_record struct xapi_record record = XAPI_RECORD_INIT;
    struct xapi xapi = XAPI_INIT;

    int result = open_session(&xapi, uuid, err);
    if (result == 0)
        result = xapi_record_load(&xapi, &record, err);
    /* Before whoever reads stdout may keep us waiting. */
    xapi_close(&xapi);
    if (result == 0)
        result = print_record(record.json, err);
    *status = xapi.status;
    return result;
}

/* --- commit ---------------------------------------------------------------------------------- */

static json_t *read_changes(struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(CHANGES_BYTES_MAX);
    json_error_t where;

    if (read_all(STDIN_FILENO, &text) < 0) {
        if (errno == EFBIG)
            (void)error_set(err, ERROR_INTERNAL, "the changes on stdin are larger than %d bytes",
                            CHANGES_BYTES_MAX);
        else
            (void)error_set_errno(err, ERROR_INTERNAL, "cannot read the changes from stdin");
        return NULL;
    }
    json_t *changes = json_loadb(buffer_text(&text), text.length, JSON_REJECT_DUPLICATES, &where);
    if (!changes)
        (void)error_set(err, ERROR_INTERNAL, "the changes on stdin are not JSON: line %d: %s",
                        where.line, where.text);
    return changes;
}

static int commit(const char *uuid, enum xapi_status *status, struct error *err)
{
    json_auto_t *changes = read_changes(err);
    struct xapi xapi = XAPI_INIT;

    if (!changes || xapi_check_changes(changes, err) < 0)
        return -1;
    int result = open_session(&xapi, uuid, err);
    if (result == 0)
        result = xapi_commit(&xapi, changes, err);
    xapi_close(&xapi);
    *status = xapi.status;
    return result;
}

/* --- main ------------------------------------------------------------------------------------ */

static int do_call(int argc, char **argv, enum xapi_status *status, struct error *err)
{
    if (argc != 3)
        return usage_error(err, argc < 3 ? "too few words" : "too many words");
    bool is_load = strcmp(argv[1], "load") == 0;
    if (!is_load && strcmp(argv[1], "commit") != 0)
        return usage_error(err, "the first word is neither load nor commit");
    if (!record_id_valid(argv[2]))
        return usage_error(err, "the second word cannot be a VM: " RECORD_ID_RULE);
    if ((is_load ? load : commit)(argv[2], status, err) == 0)
        return 0;
    /* That there is no such VM needs no more words. */
    if (err->name == ERROR_USAGE || *status == XAPI_NO_VM)
        return -1;
    return error_prefix(err, "cannot %s the VM's record in xapi", is_load ? "read" : "change");
}

int main(int argc, char **argv)
{
    auto_error struct error err = ERROR_INIT;
    enum xapi_status status = XAPI_FAILED;

    memory_for_json();
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("record-xapi (eliloader) " ELILOADER_VERSION);
        return XAPI_DONE;
    }
    if (do_call(argc, argv, &status, &err) == 0)
        return XAPI_DONE;
    auto_free char *line = text_escape(err.text);
    error_disarm(line);
    fprintf(stderr, "%s\n", line);
    return err.name == ERROR_USAGE ? XAPI_USAGE : status;
}
