/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/request.h"

#include <string.h>

#include "common/helper/request.h"
#include "common/protocol/ramdisk.h"

#define TYPE_MAX 4 /* bytes of "cpio", "ext2" and "look" */

static int get_type(const struct request *from, struct ramdisk_request *request, struct error *err)
{
    const char *type;

    if (request_text(from, "type", REQUEST_REQUIRED, TYPE_MAX, &type, err) < 0 ||
        request_boolean(from, "append", &request->append, err) < 0)
        return -1;
    request->ext2 = strcmp(type, "ext2") == 0;
    request->look = strcmp(type, "look") == 0;
    if (!request->ext2 && !request->look && strcmp(type, "cpio") != 0)
        return error_set(err, ERROR_INTERNAL,
                         "the request to ramdisk: type is none of cpio, ext2 and look");
    if (request->append && request->ext2)
        return error_set(err, ERROR_INTERNAL,
                         "the request to ramdisk: append is true for ext2, but a kernel joins "
                         "archives and not filesystems");
    return 0;
}

static int get_name(const struct request *from, const char *member, const char **out,
                    struct error *err)
{
    if (request_text(from, member, REQUEST_REQUIRED, RAMDISK_NAME_MAX, out, err) < 0)
        return -1;
    if (!**out)
        return error_set(err, ERROR_INTERNAL, "the request to ramdisk: %s is empty", member);
    return 0;
}

int ramdisk_request_parse(const char *text, size_t length, struct ramdisk_request *request,
                          struct error *err)
{
    struct request from;

    *request = (struct ramdisk_request){0};
    if (request_load(RAMDISK_NAME, text, length, RAMDISK_REQUEST_MAX, &request->json, &from, err) <
            0 ||
        get_type(&from, request, err) < 0 ||
        request_number(&from, "limit", 1, RAMDISK_LIMIT_MAX, &request->limit, err) < 0 ||
        request_uid(&from, &request->uid, err) < 0 ||
        request_confinement(&from, &request->own_user, &request->complete, err) < 0 ||
        get_name(&from, "vendor", &request->vendor, err) < 0)
        return -1;
    return request->look ? 0 : get_name(&from, "overlay", &request->overlay, err);
}

void ramdisk_request_free(struct ramdisk_request *request)
{
    json_decref(request->json);
    *request = (struct ramdisk_request){0};
}
