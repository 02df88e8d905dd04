/* A session with xapi. See xapi.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/records/xapi.h"

#include <string.h>

#include "loader/record/record.h"
#include "loader/records/xapi_errors.h"

#define LOGIN  "session.login_with_password"
#define LOGOUT "session.logout"

/* JSON_TRUE stands for both booleans. */
static int check_type(const json_t *value, json_type type, const char *method, struct error *err)
{
    if (type == JSON_TRUE ? json_is_boolean(value) : json_typeof(value) == type)
        return 0;
    return error_set(err, ERROR_INTERNAL, "the answer to %s is %s, not %s", method,
                     record_type_word(json_typeof(value)), record_type_word(type));
}

bool xapi_failed_with(const struct xapi *xapi, const char *name, const char *class)
{
    if (!xapi->failure.name || strcmp(xapi->failure.name, name) != 0)
        return false;
    const char *found = json_string_value(json_array_get(xapi->failure.data, 0));
    return !class || (found && strcmp(found, class) == 0);
}

/* One call as it is; PARAMS stays the caller's. */
static int call_once(struct xapi *xapi, const char *method, const json_t *params, json_type type,
                     json_t **result, struct error *err)
{
    json_auto_t *value = NULL;

    *result = NULL;
    jsonrpc_failure_clear(&xapi->failure);
    if (jsonrpc_call(&xapi->rpc, method, params, &value, &xapi->failure, err) < 0) {
        if (xapi->failure.name)
            (void)xapi_explain(&xapi->failure, method, xapi->uuid, err);
        return -1;
    }
    if (check_type(value, type, method, err) < 0)
        return -1;
    *result = json_incref(value);
    return 0;
}

/* Root on this host needs no password; the last parameter says who is there, for xapi's log. */
static int login(struct xapi *xapi, struct error *err)
{
    json_auto_t *params = json_pack("[s, s, s, s]", "", "", "", "eliloader");
    json_auto_t *session = NULL;
    if (call_once(xapi, LOGIN, params, JSON_STRING, &session, err) < 0)
        return -1;
    replace_string(&xapi->session, xstrdup(json_string_value(session)));
    return 0;
}

int xapi_open(struct xapi *xapi, const char *socket, unsigned seconds, const char *uuid,
              struct error *err)
{
    *xapi = XAPI_INIT;
    xapi->uuid = uuid;
    if (jsonrpc_open(&xapi->rpc, socket, seconds, seconds * XAPI_SESSION_CALLS, err) < 0)
        return -1;
    return login(xapi, err);
}

static void logout(struct xapi *xapi)
{
    json_auto_t *params = json_pack("[s]", xapi->session);
    json_auto_t *nothing = NULL;
    jsonrpc_last_words(&xapi->rpc, XAPI_LOGOUT_SECONDS);
    (void)!call_once(xapi, LOGOUT, params, JSON_STRING, &nothing, NULL);
}

void xapi_close(struct xapi *xapi)
{
    if (xapi->session)
        logout(xapi);
    replace_string(&xapi->session, NULL);
    jsonrpc_failure_clear(&xapi->failure);
    jsonrpc_close(&xapi->rpc);
}

static int call_in_session(struct xapi *xapi, const char *method, const json_t *params,
                           json_type type, json_t **result, struct error *err)
{
    json_auto_t *all = json_pack("[s]", xapi->session);
    json_array_extend(all, (json_t *)params);
    return call_once(xapi, method, all, type, result, err);
}

int xapi_call(struct xapi *xapi, const char *method, json_t *params, json_type type,
              json_t **result, struct error *err)
{
    json_auto_t *own = params;
    int done = call_in_session(xapi, method, own, type, result, err);
    if (done == 0 || xapi->again || !xapi_failed_with(xapi, "SESSION_INVALID", NULL))
        return done;
    xapi->again = true;
    replace_string(&xapi->session, NULL);
    if (login(xapi, err) < 0)
        return -1;
    return call_in_session(xapi, method, own, type, result, err);
}

int xapi_do(struct xapi *xapi, const char *method, json_t *params, struct error *err)
{
    json_auto_t *nothing = NULL;
    return xapi_call(xapi, method, params, JSON_STRING, &nothing, err);
}
