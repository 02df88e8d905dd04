/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/request.h"

static int get_optional(const json_t *object, const char *name, size_t max, const char **out,
                        struct error *err)
{
    const json_t *value = json_object_get(object, name);

    *out = NULL;
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_string(value) || json_string_length(value) > max)
        return error_set(err, ERROR_INTERNAL,
                         "the request to fsprobe: %s is not a text of at most %zu bytes", name,
                         max);
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

/* A number from 0 to MAX; *THERE (which may be NULL: it has to be) tells whether there is one. */
static int get_number(const json_t *object, const char *name, uint64_t max, bool *there,
                      uint64_t *out, struct error *err)
{
    const json_t *value = json_object_get(object, name);
    json_int_t number = json_integer_value(value);
    bool missing = !value || json_is_null(value);

    if (there)
        *there = !missing;
    if (there && missing)
        return 0;
    if (!json_is_integer(value) || number < 0 || (uint64_t)number > max)
        return error_set(err, ERROR_INTERNAL,
                         "the request to fsprobe: %s is not a number from 0 to %llu", name,
                         (unsigned long long)max);
    *out = (uint64_t)number;
    return 0;
}

/* The object NAME; NULL in *OUT when there is none. */
static int get_object(const json_t *request, const char *name, const json_t **out,
                      struct error *err)
{
    *out = json_object_get(request, name);
    if (json_is_null(*out))
        *out = NULL;
    if (*out && json_typeof(*out) != JSON_OBJECT)
        return error_set(err, ERROR_INTERNAL, "the request to fsprobe: %s is not an object", name);
    return 0;
}

static int get_selection(const json_t *request, struct selection *select, struct error *err)
{
    const json_t *object;
    uint64_t partition = 0;

    if (get_object(request, "select", &object, err) < 0)
        return -1;
    if (!object)
        return 0;
    if (get_optional(object, "entry", REQUEST_WORD_MAX, &select->entry, err) < 0 ||
        get_optional(object, "kernel", GUEST_PATH_MAX, &select->kernel, err) < 0 ||
        get_optional(object, "ramdisk", GUEST_PATH_MAX, &select->ramdisk, err) < 0 ||
        get_number(object, "offset", INT64_MAX, &select->has_offset, &select->offset, err) < 0 ||
        get_number(object, "partition", UINT16_MAX, &select->has_partition, &partition, err) < 0)
        return -1;
    select->partition = (unsigned)partition;
    return 0;
}

static int get_copy(const json_t *request, struct copy_request *copy, struct error *err)
{
    const json_t *object;

    if (get_object(request, "copy", &object, err) < 0)
        return -1;
    copy->wanted = object != NULL;
    if (!object)
        return 0;
    if (get_number(object, "kernel_max", INT64_MAX, NULL, &copy->kernel_max, err) < 0)
        return -1;
    return get_number(object, "ramdisk_max", INT64_MAX, NULL, &copy->ramdisk_max, err);
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
        get_optional(request->json, "family", REQUEST_TEXT_MAX, &request->family, err) < 0 ||
        get_optional(request->json, "arch", REQUEST_TEXT_MAX, &request->arch, err) < 0 ||
        get_selection(request->json, &request->select, err) < 0)
        return -1;
    return get_copy(request->json, &request->copy, err);
}

void probe_request_free(struct probe_request *request)
{
    json_decref(request->json);
    *request = (struct probe_request){0};
}
