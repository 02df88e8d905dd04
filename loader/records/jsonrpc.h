/* JSON-RPC 2.0 over HTTP POST over a Unix socket: one connection, one call after the other.
 * (https://www.jsonrpc.org/specification; xapi's form of it: path /jsonrpc.)
 *
 * Whoever answers may be broken: each answer is bounded in size, depth and time, and is taken
 * only when it is whole, JSON, of the call that was made, and either a result or an error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORDS_JSONRPC_H
#define LOADER_RECORDS_JSONRPC_H

#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>
#include <jansson.h>

#include "common/error.h"
#include "common/text.h"
#include "loader/records/jsonrpc_answer.h"

/* Seconds: to connect; to connect, call and be answered, unless the caller says otherwise; and
 * the most that it may say. */
#define JSONRPC_CONNECT_SECONDS  5
#define JSONRPC_CALL_SECONDS     20
#define JSONRPC_CALL_SECONDS_MAX 3600

struct jsonrpc {
    CURL *easy;
    struct curl_slist *headers;
    char *socket;         /* its path, owned */
    unsigned seconds;     /* for one call */
    int64_t deadline_ms;  /* of CLOCK_MONOTONIC: for all calls together */
    bool ignore_signals;  /* a signal ends no call any more */
    unsigned calls;       /* made so far; the number of the last one is its id */
    struct buffer answer; /* the body as it came */
    char curl_error[CURL_ERROR_SIZE];
};
#define JSONRPC_INIT             \
    (struct jsonrpc)             \
    {                            \
        .answer = BUFFER_INIT(0) \
    }

/* Prepares RPC to speak to SOCKET (a path), SECONDS for a call and TOTAL_SECONDS for all that is
 * called from now on; connects to nothing yet. RPC is to be closed in either case. 0, or -1. */
int jsonrpc_open(struct jsonrpc *rpc, const char *socket, unsigned seconds, unsigned total_seconds,
                 struct error *err) must_check;

/* Calls METHOD with PARAMS (an array). 0, and *RESULT (never JSON null) is the caller's to free;
 * or -1 with ERR, a sentence that names METHOD, and, when the other side answered an error,
 * FAILURE, of which the caller makes a better one. FAILURE is initialised in either case. On
 * SIGTERM and such (signals_pending()) the call is broken off: ERROR_INTERRUPTED. */
int jsonrpc_call(struct jsonrpc *rpc, const char *method, const json_t *params, json_t **result,
                 struct jsonrpc_failure *failure, struct error *err) must_check;

/* From here on RPC has SECONDS for all that is called, and no signal breaks a call off: for what
 * must be said before leaving. */
void jsonrpc_last_words(struct jsonrpc *rpc, unsigned seconds);

/* Ends the connection and frees what RPC owns; what was called is not taken back. */
void jsonrpc_close(struct jsonrpc *rpc);
#define auto_jsonrpc __attribute__((cleanup(jsonrpc_close)))

#endif
