/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/request.h"

#include <string.h>

#include "common/protocol/medium.h"

static int get_text(const json_t *object, const char *name, size_t max, const char **out,
                    struct error *err)
{
    const json_t *value = json_object_get(object, name);

    *out = NULL;
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_string(value) || json_string_length(value) > max)
        return error_set(err, ERROR_INTERNAL,
                         "the request to medium: %s is not a text of at most %zu bytes", name, max);
    *out = json_string_value(value);
    return 0;
}

static int get_mode(struct medium_request *request, struct error *err)
{
    const char *mode;

    if (get_text(request->json, "mode", MEDIUM_TEXT_MAX, &mode, err) < 0)
        return -1;
    request->support = mode && strcmp(mode, MEDIUM_SUPPORT) == 0;
    if (mode && !request->support)
        return error_set(err, ERROR_INTERNAL, "the request to medium: mode '%s' is not known",
                         mode);
    return 0;
}

static int get_uid(struct medium_request *request, struct error *err)
{
    const json_t *value = json_object_get(request->json, "uid");
    json_int_t uid = json_integer_value(value);

    /* The largest uid_t stands for "none". */
    if (!json_is_integer(value) || uid < 0 || uid >= (json_int_t)(uid_t)-1)
        return error_set(err, ERROR_INTERNAL, "the request to medium: uid is not a user's number");
    request->uid = (uid_t)uid;
    return 0;
}

int medium_request_parse(const char *text, size_t length, struct medium_request *request,
                         struct error *err)
{
    json_error_t where;

    *request = (struct medium_request){0};
    if (length > MEDIUM_REQUEST_MAX)
        return error_set(err, ERROR_INTERNAL, "the request to medium is longer than %d bytes",
                         MEDIUM_REQUEST_MAX);
    request->json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(request->json))
        return error_set(err, ERROR_INTERNAL, "the request to medium is not a JSON object");
    const json_t *verify = json_object_get(request->json, "verify");
    if (!json_is_boolean(verify))
        return error_set(err, ERROR_INTERNAL, "the request to medium: verify is not a boolean");
    request->verify = json_is_true(verify);
    if (get_mode(request, err) < 0 ||
        get_text(request->json, "name", MEDIUM_NAME_MAX, &request->name, err) < 0 ||
        get_text(request->json, "arch", MEDIUM_TEXT_MAX, &request->arch, err) < 0 ||
        get_text(request->json, "release", MEDIUM_TEXT_MAX, &request->release, err) < 0)
        return -1;
    if (!request->name)
        return error_set(err, ERROR_INTERNAL, "the request to medium: name is missing");
    return get_uid(request, err);
}

void medium_request_free(struct medium_request *request)
{
    json_decref(request->json);
    *request = (struct medium_request){0};
}
