/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/request.h"

#include <stdbool.h>
#include <string.h>

#include "common/protocol/fetch.h"
#include "common/text.h"

enum need { OPTIONAL, REQUIRED };

/* Members that are null count as left out. */
static json_t *member(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

static int get_text(const struct fetch_request *request, const char *name, enum need need,
                    size_t max, const char **out, struct error *err)
{
    const json_t *value = member(request->json, name);
    *out = NULL;
    if (!value && need == OPTIONAL)
        return 0;
    if (!json_is_string(value))
        return error_set(err, ERROR_INTERNAL, "the request to fetch: %s is %s", name,
                         value ? "not a text" : "missing");
    if (json_string_length(value) > max)
        return error_set(err, ERROR_INTERNAL, "the request to fetch: %s is longer than %zu bytes",
                         name, max);
    *out = json_string_value(value);
    return 0;
}

/* The same for what must not be able to add a line to an HTTP request or a message. */
static int get_clean(const struct fetch_request *request, const char *name, enum need need,
                     size_t max, const char **out, struct error *err)
{
    if (get_text(request, name, need, max, out, err) < 0)
        return -1;
    if (*out && !text_is_clean(*out))
        return error_set(err, ERROR_INTERNAL, "the request to fetch: %s holds control characters",
                         name);
    return 0;
}

static int get_number(const struct fetch_request *request, const char *name, uint64_t min,
                      uint64_t max, uint64_t *out, struct error *err)
{
    const json_t *value = member(request->json, name);
    if (!json_is_integer(value))
        return error_set(err, ERROR_INTERNAL, "the request to fetch: %s is %s", name,
                         value ? "not a whole number" : "missing");
    json_int_t number = json_integer_value(value);
    if (number < 0 || (uint64_t)number < min || (uint64_t)number > max)
        return error_set(err, ERROR_INTERNAL,
                         "the request to fetch: %s is %lld, not between %llu and %llu", name,
                         (long long)number, (unsigned long long)min, (unsigned long long)max);
    *out = (uint64_t)number;
    return 0;
}

static int get_mode(struct fetch_request *r, struct error *err)
{
    const char *mode;

    if (get_clean(r, "mode", OPTIONAL, REQUEST_TEXT_MAX, &mode, err) < 0)
        return -1;
    r->identify = mode && strcmp(mode, FETCH_IDENTIFY) == 0;
    r->sums = mode && strcmp(mode, FETCH_SUMS) == 0;
    r->ramdisk_alone = mode && strcmp(mode, FETCH_RAMDISK) == 0;
    if (mode && !r->identify && !r->sums && !r->ramdisk_alone)
        return error_set(err, ERROR_INTERNAL, "the request to fetch: there is no mode '%s'", mode);
    return 0;
}

static int get_texts(struct fetch_request *r, struct error *err)
{
    enum need repository = r->sums ? OPTIONAL : REQUIRED;
    enum need family = r->sums || r->ramdisk_alone ? OPTIONAL : REQUIRED;
    enum need arch = r->identify ? OPTIONAL : family;
    enum need ramdisk = r->ramdisk_alone ? REQUIRED : OPTIONAL;

    if (get_clean(r, "repository", repository, REQUEST_URL_MAX, &r->repository, err) < 0 ||
        get_clean(r, "family", family, REQUEST_TEXT_MAX, &r->family, err) < 0 ||
        get_clean(r, "arch", arch, REQUEST_TEXT_MAX, &r->arch, err) < 0 ||
        get_clean(r, "release", OPTIONAL, REQUEST_TEXT_MAX, &r->release, err) < 0 ||
        get_clean(r, "kernel", OPTIONAL, REQUEST_TEXT_MAX, &r->kernel, err) < 0 ||
        get_clean(r, "ramdisk", ramdisk, REQUEST_TEXT_MAX, &r->ramdisk, err) < 0 ||
        get_clean(r, "proxy", OPTIONAL, REQUEST_URL_MAX, &r->proxy, err) < 0 ||
        get_clean(r, "agent", REQUIRED, REQUEST_TEXT_MAX, &r->agent, err) < 0)
        return -1;
    return get_text(r, "cacert", OPTIONAL, FETCH_REQUEST_MAX, &r->cacert, err);
}

static int get_numbers(struct fetch_request *r, struct error *err)
{
    uint64_t connect = 0, stall = 0, uid = 0;
    /* The largest uid_t stands for "none". */
    if (get_number(r, "kernel_max", 1, REQUEST_SIZE_MAX, &r->kernel_max, err) < 0 ||
        get_number(r, "ramdisk_max", 1, REQUEST_SIZE_MAX, &r->ramdisk_max, err) < 0 ||
        get_number(r, "connect_timeout", 1, REQUEST_TIMEOUT_MAX, &connect, err) < 0 ||
        get_number(r, "stall_timeout", 1, REQUEST_TIMEOUT_MAX, &stall, err) < 0 ||
        get_number(r, "uid", 0, (uid_t)-1 - 1, &uid, err) < 0)
        return -1;
    r->connect_timeout = (unsigned)connect;
    r->stall_timeout = (unsigned)stall;
    r->uid = (uid_t)uid;
    return 0;
}

int request_parse(const char *text, size_t length, struct fetch_request *request, struct error *err)
{
    json_error_t where;
    *request = (struct fetch_request){0};
    if (length > FETCH_REQUEST_MAX)
        return error_set(err, ERROR_INTERNAL, "the request to fetch is longer than %d bytes",
                         FETCH_REQUEST_MAX);
    request->json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!request->json)
        return error_set(err, ERROR_INTERNAL, "the request to fetch is not JSON: %s", where.text);
    if (!json_is_object(request->json))
        return error_set(err, ERROR_INTERNAL, "the request to fetch is not a JSON object");
    if (get_mode(request, err) < 0 || get_texts(request, err) < 0)
        return -1;
    return get_numbers(request, err);
}

void request_free(struct fetch_request *request)
{
    json_decref(request->json);
    *request = (struct fetch_request){0};
}
