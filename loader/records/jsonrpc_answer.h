/* One answer to a JSON-RPC call, and what it may be.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORDS_JSONRPC_ANSWER_H
#define LOADER_RECORDS_JSONRPC_ANSWER_H

#include <stddef.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"

/* Bytes of one answer, and how deep arrays and objects may stand in each other in it. A record
 * of RECORD_SIZE_MAX takes up to twice its bytes when much of it is escaped. */
#define JSONRPC_ANSWER_MAX (2 * 1024 * 1024)
#define JSONRPC_DEPTH_MAX  32

/* Why the other side refused: the "error" of its answer. */
struct jsonrpc_failure {
    char *name;   /* "message": xapi's name of the error; NULL: there was no such answer */
    json_t *data; /* "data": an array of its parameters, perhaps empty, or NULL */
};
#define JSONRPC_FAILURE_INIT \
    (struct jsonrpc_failure) \
    {                        \
        NULL, NULL           \
    }
void jsonrpc_failure_clear(struct jsonrpc_failure *failure);
#define auto_jsonrpc_failure __attribute__((cleanup(jsonrpc_failure_clear)))

/* The LENGTH bytes of TEXT as the answer to the call of METHOD with the number ID; as
 * jsonrpc_call(). No I/O. */
int jsonrpc_parse_answer(const char *text, size_t length, const char *method, unsigned id,
                         json_t **result, struct jsonrpc_failure *failure,
                         struct error *err) must_check;

#endif
