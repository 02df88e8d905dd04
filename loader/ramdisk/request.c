/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/request.h"

#include <string.h>

#include "common/protocol/ramdisk.h"
#include "common/text.h"

static int bad(struct error *err, const char *member, const char *fault)
{
    return error_set(err, ERROR_INTERNAL, "the request to ramdisk: %s is %s", member, fault);
}

static int get_name(const struct ramdisk_request *request, const char *member, const char **out,
                    struct error *err)
{
    const json_t *value = json_object_get(request->json, member);

    if (!json_is_string(value))
        return bad(err, member, value ? "not a text" : "missing");
    if (json_string_length(value) == 0 || json_string_length(value) > RAMDISK_NAME_MAX)
        return bad(err, member, "empty or too long");
    *out = json_string_value(value);
    return 0;
}

static int get_number(const struct ramdisk_request *request, const char *member, uint64_t min,
                      uint64_t max, uint64_t *out, struct error *err)
{
    const json_t *value = json_object_get(request->json, member);
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value))
        return bad(err, member, value ? "not a whole number" : "missing");
    if (number < 0 || (uint64_t)number < min || (uint64_t)number > max)
        return bad(err, member, "out of range");
    *out = (uint64_t)number;
    return 0;
}

static int get_kind(struct ramdisk_request *request, struct error *err)
{
    const char *type = json_string_value(json_object_get(request->json, "type"));
    const json_t *append = json_object_get(request->json, "append");

    if (!type || (strcmp(type, "cpio") != 0 && strcmp(type, "ext2") != 0))
        return bad(err, "type", "neither cpio nor ext2");
    request->ext2 = strcmp(type, "ext2") == 0;
    if (!json_is_boolean(append))
        return bad(err, "append", append ? "neither true nor false" : "missing");
    request->append = json_is_true(append);
    if (request->append && request->ext2)
        return bad(err, "append", "true for ext2: a kernel joins archives, not filesystems");
    return 0;
}

int ramdisk_request_parse(const char *text, size_t length, struct ramdisk_request *request,
                          struct error *err)
{
    json_error_t where;
    uint64_t uid = 0;

    *request = (struct ramdisk_request){0};
    if (length > RAMDISK_REQUEST_MAX)
        return error_set(err, ERROR_INTERNAL, "the request to ramdisk is longer than %d bytes",
                         RAMDISK_REQUEST_MAX);
    request->json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!request->json)
        return error_set(err, ERROR_INTERNAL, "the request to ramdisk is not JSON: %s", where.text);
    if (!json_is_object(request->json))
        return error_set(err, ERROR_INTERNAL, "the request to ramdisk is not a JSON object");
    /* The largest uid_t stands for "none". */
    if (get_kind(request, err) < 0 ||
        get_number(request, "limit", 1, RAMDISK_LIMIT_MAX, &request->limit, err) < 0 ||
        get_number(request, "uid", 0, (uid_t)-1 - 1, &uid, err) < 0 ||
        get_name(request, "vendor", &request->vendor, err) < 0)
        return -1;
    request->uid = (uid_t)uid;
    return get_name(request, "overlay", &request->overlay, err);
}

void ramdisk_request_free(struct ramdisk_request *request)
{
    json_decref(request->json);
    *request = (struct ramdisk_request){0};
}
