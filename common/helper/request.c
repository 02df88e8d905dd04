/* Members of a request, each with its bounds. See request.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/helper/request.h"

#include <string.h>

#include "common/text.h"

#define MODE_MAX 64 /* bytes */

static json_t *member_of(const struct request *request, const char *member)
{
    json_t *value = json_object_get(request->json, member);

    return json_is_null(value) ? NULL : value;
}

static int refuse(const struct request *request, const char *member, const char *fault,
                  struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "the request to %s: %s is %s", request->helper, member,
                     fault);
}

int request_load(const char *helper, const char *text, size_t length, size_t max, json_t **json,
                 struct request *request, struct error *err)
{
    json_error_t where;

    *json = NULL;
    *request = (struct request){.helper = helper};
    if (length > max)
        return error_set(err, ERROR_INTERNAL, "the request to %s is longer than %zu bytes", helper,
                         max);
    *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!*json)
        return error_set(err, ERROR_INTERNAL, "the request to %s is not JSON: %s", helper,
                         where.text);
    if (!json_is_object(*json))
        return error_set(err, ERROR_INTERNAL, "the request to %s is not a JSON object", helper);
    request->json = *json;
    return 0;
}

int request_text(const struct request *request, const char *member, enum request_need need,
                 size_t max, const char **out, struct error *err)
{
    const json_t *value = member_of(request, member);

    *out = NULL;
    if (!value)
        return need == REQUEST_OPTIONAL ? 0 : refuse(request, member, "missing", err);
    if (!json_is_string(value) || json_string_length(value) > max)
        return error_set(err, ERROR_INTERNAL,
                         "the request to %s: %s is not a text of at most %zu bytes",
                         request->helper, member, max);
    *out = json_string_value(value);
    return 0;
}

int request_clean(const struct request *request, const char *member, enum request_need need,
                  size_t max, const char **out, struct error *err)
{
    if (request_text(request, member, need, max, out, err) < 0)
        return -1;
    if (*out && !text_is_clean(*out))
        return refuse(request, member, "a text with control characters", err);
    return 0;
}

int request_mode(const struct request *request, const char *const *modes, size_t count,
                 size_t *mode, struct error *err)
{
    const char *text;

    *mode = count;
    if (request_clean(request, "mode", REQUEST_OPTIONAL, MODE_MAX, &text, err) < 0)
        return -1;
    if (!text)
        return 0;
    for (*mode = 0; *mode < count; ++*mode)
        if (strcmp(text, modes[*mode]) == 0)
            return 0;
    return error_set(err, ERROR_INTERNAL, "the request to %s: mode '%s' is not known",
                     request->helper, text);
}

int request_number(const struct request *request, const char *member, uint64_t min, uint64_t max,
                   uint64_t *out, struct error *err)
{
    const json_t *value = member_of(request, member);
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || (uint64_t)number < min || (uint64_t)number > max)
        return error_set(err, ERROR_INTERNAL,
                         "the request to %s: %s is not a number from %llu to %llu", request->helper,
                         member, (unsigned long long)min, (unsigned long long)max);
    *out = (uint64_t)number;
    return 0;
}

int request_optional_number(const struct request *request, const char *member, uint64_t max,
                            bool *there, uint64_t *out, struct error *err)
{
    *there = member_of(request, member) != NULL;
    return *there ? request_number(request, member, 0, max, out, err) : 0;
}

int request_uid(const struct request *request, uid_t *uid, struct error *err)
{
    const json_t *value = member_of(request, "uid");
    json_int_t number = json_integer_value(value);

    /* The largest uid_t stands for "none". */
    if (!json_is_integer(value) || number < 0 || number >= (json_int_t)(uid_t)-1)
        return refuse(request, "uid", "not a user's number", err);
    *uid = (uid_t)number;
    return 0;
}

int request_boolean(const struct request *request, const char *member, bool *out, struct error *err)
{
    const json_t *value = member_of(request, member);

    if (!json_is_boolean(value))
        return refuse(request, member, "not a boolean", err);
    *out = json_is_true(value);
    return 0;
}

int request_confinement(const struct request *request, bool *own_user, bool *complete,
                        struct error *err)
{
    *own_user = *complete = false;
    if (member_of(request, "own_user") && request_boolean(request, "own_user", own_user, err) < 0)
        return -1;
    return member_of(request, "complete") ? request_boolean(request, "complete", complete, err) : 0;
}

int request_object(const struct request *request, const char *member, struct request *out,
                   struct error *err)
{
    *out = (struct request){request->helper, member_of(request, member)};
    if (out->json && !json_is_object(out->json))
        return refuse(request, member, "not an object", err);
    return 0;
}
