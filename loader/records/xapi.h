/* A session with xapi: log in, call, log out. The methods are those of the XenAPI reference
 * (https://xapi-project.github.io/xen-api/); each call that is made here is safe to repeat.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORDS_XAPI_H
#define LOADER_RECORDS_XAPI_H

#include <stdbool.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/records/jsonrpc.h"

#define XAPI_SOCKET_DEFAULT "/var/lib/xcp/xapi"
/* All of a session may take so many times what one call may take: 40 seconds with 20. */
#define XAPI_SESSION_CALLS 2
/* Seconds for the logout, which nobody waits for gladly. */
#define XAPI_LOGOUT_SECONDS 3

/* How record-xapi ends, as every record program does. */
enum xapi_status {
    XAPI_DONE = 0,
    XAPI_FAILED = 1,
    XAPI_USAGE = 2,
    XAPI_NO_VM = 4,   /* there is no such VM */
    XAPI_CHANGED = 5, /* a test did not hold */
};

struct xapi {
    struct jsonrpc rpc;
    const char *uuid;               /* of the VM, for messages; borrowed */
    char *session;                  /* owned; NULL: none is open */
    bool again;                     /* a session was lost and replaced once */
    enum xapi_status status;        /* what a failure is; XAPI_FAILED where nobody knows better */
    struct jsonrpc_failure failure; /* of the last call, when xapi answered an error */
};
#define XAPI_INIT                                                                   \
    (struct xapi)                                                                   \
    {                                                                               \
        .rpc = JSONRPC_INIT, .status = XAPI_FAILED, .failure = JSONRPC_FAILURE_INIT \
    }

/* Logs in at SOCKET, for the VM UUID (kept); SECONDS for a call. XAPI is to be closed in either
 * case. 0, or -1. */
int xapi_open(struct xapi *xapi, const char *socket, unsigned seconds, const char *uuid,
              struct error *err) must_check;
/* Logs out, whatever happened before. A logout that fails is nobody's business: what was to be
 * done is done or reported, and xapi drops sessions by itself in time. */
void xapi_close(struct xapi *xapi);
#define auto_xapi __attribute__((cleanup(xapi_close)))

/* Calls METHOD with the session and PARAMS (an array without it, taken over). When the session is
 * gone, logs in again, once for each XAPI, and repeats the call. 0, and *RESULT, of TYPE, is the
 * caller's to free; or -1 with ERR (what xapi's error means, by name) and xapi->failure. */
int xapi_call(struct xapi *xapi, const char *method, json_t *params, json_type type,
              json_t **result, struct error *err) must_check;
/* The same for a method that returns nothing (as xapi says it: the empty text). */
int xapi_do(struct xapi *xapi, const char *method, json_t *params, struct error *err) must_check;

/* True when the last call ended in xapi's error NAME, about an object of CLASS (the first of its
 * parameters; NULL: whatever). */
bool xapi_failed_with(const struct xapi *xapi, const char *name, const char *class);

#endif
