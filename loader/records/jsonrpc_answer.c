/* What an answer to a JSON-RPC call may be. See jsonrpc_answer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/records/jsonrpc_answer.h"

#include <string.h>

void jsonrpc_failure_clear(struct jsonrpc_failure *failure)
{
    replace_string(&failure->name, NULL);
    json_decref(failure->data);
    failure->data = NULL;
}

/* True when VALUE holds no more than LEFT levels of arrays and objects. */
static bool is_shallow(const json_t *value, unsigned left)
{
    size_t i;
    const char *key;
    json_t *member;

    if (!json_is_array(value) && !json_is_object(value))
        return true;
    if (left == 0)
        return false;
    json_array_foreach(value, i, member)
    {
        if (!is_shallow(member, left - 1))
            return false;
    }
    /* jansson's macro takes no const object, though it changes none. */
    json_object_foreach((json_t *)value, key, member)
    {
        if (!is_shallow(member, left - 1))
            return false;
    }
    return true;
}

/* The member KEY, for which null is as good as absent. */
static json_t *member_of(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

/* An error that was no call's (id null) is as good as one of this call: none other is open. */
static int check_id(const json_t *answer, const char *method, unsigned id, struct error *err)
{
    const json_t *value = json_object_get(answer, "id");
    if (json_is_integer(value) && json_integer_value(value) == (json_int_t)id)
        return 0;
    if (json_is_null(value) && member_of(answer, "error"))
        return 0;
    return error_set(err, ERROR_INTERNAL, "the answer to %s belongs to another call", method);
}

static int take_failure(const json_t *error, const char *method, struct jsonrpc_failure *failure,
                        struct error *err)
{
    const char *name = json_string_value(json_object_get(error, "message"));
    json_t *data = json_object_get(error, "data");
    if (!name || !*name)
        return error_set(err, ERROR_INTERNAL, "the answer to %s is an error without a name",
                         method);
    failure->name = xstrdup(name);
    failure->data = json_is_array(data) ? json_incref(data) : NULL;
    return error_set(err, ERROR_INTERNAL, "%s was refused: %s", method, name);
}

int jsonrpc_parse_answer(const char *text, size_t length, const char *method, unsigned id,
                         json_t **result, struct jsonrpc_failure *failure, struct error *err)
{
    json_error_t where;

    *result = NULL;
    *failure = JSONRPC_FAILURE_INIT;
    if (length == 0)
        return error_set(err, ERROR_INTERNAL, "the answer to %s is empty", method);
    json_auto_t *answer =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (!answer)
        return error_set(err, ERROR_INTERNAL, "the answer to %s is not JSON: line %d: %s", method,
                         where.line, where.text);
    if (!json_is_object(answer))
        return error_set(err, ERROR_INTERNAL, "the answer to %s is not a JSON object", method);
    if (!is_shallow(answer, JSONRPC_DEPTH_MAX))
        return error_set(err, ERROR_INTERNAL, "the answer to %s is nested more than %d levels deep",
                         method, JSONRPC_DEPTH_MAX);
    if (check_id(answer, method, id, err) < 0)
        return -1;
    json_t *value = member_of(answer, "result"), *error = member_of(answer, "error");
    if (!value == !error)
        return error_set(err, ERROR_INTERNAL, "the answer to %s has %s", method,
                         value ? "both a result and an error" : "neither a result nor an error");
    if (error)
        return take_failure(error, method, failure, err);
    *result = json_incref(value);
    return 0;
}
