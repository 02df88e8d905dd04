/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/request.h"

#include "fsprobe/fsprobe.h"

static int get_optional(const json_t *object, const char *name, const char **out, struct error *err)
{
    const json_t *value = json_object_get(object, name);

    *out = NULL;
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_string(value) || json_string_length(value) > REQUEST_TEXT_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "the request to fsprobe: %s is not a text of at most %d bytes", name,
                         REQUEST_TEXT_MAX);
    *out = json_string_value(value);
    return 0;
}

static int get_disks(struct probe_request *request, struct error *err)
{
    const json_t *disks = json_object_get(request->json, "disks");
    size_t count = json_array_size(disks); /* 0 when it is none */

    if (count < 1 || count > GUEST_DISKS_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "the request to fsprobe: there are %zu disks, not between 1 and %d", count,
                         GUEST_DISKS_MAX);
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_array_get(disks, i);
        if (!json_is_string(name) || json_string_length(name) > REQUEST_NAME_MAX)
            return error_set(err, ERROR_INTERNAL,
                             "the request to fsprobe: the name of disk %zu is not a text of at "
                             "most %d bytes",
                             i, REQUEST_NAME_MAX);
        request->disks[i] = json_string_value(name);
    }
    request->disk_count = (unsigned)count;
    return 0;
}

static int get_uid(struct probe_request *request, struct error *err)
{
    const json_t *value = json_object_get(request->json, "uid");
    json_int_t uid = json_integer_value(value);

    /* The largest uid_t stands for "none". */
    if (!json_is_integer(value) || uid < 0 || uid >= (json_int_t)(uid_t)-1)
        return error_set(err, ERROR_INTERNAL, "the request to fsprobe: uid is not a user's number");
    request->uid = (uid_t)uid;
    return 0;
}

int probe_request_parse(const char *text, size_t length, struct probe_request *request,
                        struct error *err)
{
    json_error_t where;

    *request = (struct probe_request){0};
    if (length > FSPROBE_REQUEST_MAX)
        return error_set(err, ERROR_INTERNAL, "the request to fsprobe is longer than %d bytes",
                         FSPROBE_REQUEST_MAX);
    request->json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!request->json)
        return error_set(err, ERROR_INTERNAL, "the request to fsprobe is not JSON: %s", where.text);
    if (!json_is_object(request->json))
        return error_set(err, ERROR_INTERNAL, "the request to fsprobe is not a JSON object");
    if (get_disks(request, err) < 0 || get_uid(request, err) < 0 ||
        get_optional(request->json, "family", &request->family, err) < 0)
        return -1;
    return get_optional(request->json, "arch", &request->arch, err);
}

void probe_request_free(struct probe_request *request)
{
    json_decref(request->json);
    *request = (struct probe_request){0};
}
