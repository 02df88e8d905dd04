/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/request.h"

#include "common/helper/request.h"

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

static int get_selection(const struct request *from, struct selection *select, struct error *err)
{
    struct request object;
    uint64_t partition = 0;

    if (request_object(from, "select", &object, err) < 0)
        return -1;
    if (!object.json)
        return 0;
    if (request_text(&object, "entry", REQUEST_OPTIONAL, REQUEST_WORD_MAX, &select->entry, err) <
            0 ||
        request_text(&object, "kernel", REQUEST_OPTIONAL, GUEST_PATH_MAX, &select->kernel, err) <
            0 ||
        request_text(&object, "ramdisk", REQUEST_OPTIONAL, GUEST_PATH_MAX, &select->ramdisk, err) <
            0 ||
        request_text(&object, "volume", REQUEST_OPTIONAL, REQUEST_WORD_MAX, &select->volume, err) <
            0 ||
        request_optional_number(&object, "offset", INT64_MAX, &select->has_offset, &select->offset,
                                err) < 0 ||
        request_optional_number(&object, "partition", UINT16_MAX, &select->has_partition,
                                &partition, err) < 0)
        return -1;
    select->partition = (unsigned)partition;
    return 0;
}

/* Those who ask for nothing else need not say so. */
static int get_detail(const struct request *from, bool *subvolumes, struct error *err)
{
    const json_t *value = json_object_get(from->json, "subvolumes");

    *subvolumes = false;
    return value && !json_is_null(value) ? request_boolean(from, "subvolumes", subvolumes, err) : 0;
}

static int get_copy(const struct request *from, struct copy_request *copy, struct error *err)
{
    struct request object;

    if (request_object(from, "copy", &object, err) < 0)
        return -1;
    copy->wanted = object.json != NULL;
    if (!copy->wanted)
        return 0;
    if (request_number(&object, "kernel_max", 0, INT64_MAX, &copy->kernel_max, err) < 0)
        return -1;
    return request_number(&object, "ramdisk_max", 0, INT64_MAX, &copy->ramdisk_max, err);
}

static int get_tree(const struct request *from, struct tree_wish *tree, struct error *err)
{
    struct request object;

    if (request_object(from, "tree", &object, err) < 0)
        return -1;
    tree->wanted = object.json != NULL;
    if (!tree->wanted)
        return 0;
    if (request_boolean(&object, "identify", &tree->identify, err) < 0 ||
        request_text(&object, "family", REQUEST_REQUIRED, REQUEST_TEXT_MAX, &tree->family, err) <
            0 ||
        request_text(&object, "arch", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &tree->arch, err) < 0 ||
        request_text(&object, "release", REQUEST_OPTIONAL, REQUEST_WORD_MAX, &tree->release, err) <
            0 ||
        request_text(&object, "folder", REQUEST_OPTIONAL, GUEST_PATH_MAX, &tree->folder, err) < 0 ||
        request_text(&object, "kernel", REQUEST_OPTIONAL, GUEST_PATH_MAX, &tree->kernel, err) < 0)
        return -1;
    return request_text(&object, "ramdisk", REQUEST_OPTIONAL, GUEST_PATH_MAX, &tree->ramdisk, err);
}

static int get_look(const struct request *from, struct look_wish *look, struct error *err)
{
    struct request object;

    if (request_object(from, "look", &object, err) < 0)
        return -1;
    look->wanted = object.json != NULL;
    if (!look->wanted)
        return 0;
    if (request_boolean(&object, "list", &look->list, err) < 0 ||
        request_boolean(&object, "types", &look->types, err) < 0 ||
        request_text(&object, "volume", REQUEST_OPTIONAL, REQUEST_WORD_MAX, &look->volume, err) < 0)
        return -1;
    return request_text(&object, "path", REQUEST_REQUIRED, GUEST_PATH_MAX, &look->path, err);
}

/* It may be left out: no. */
static int get_well_known(const struct request *from, bool *well_known, struct error *err)
{
    const json_t *member = json_object_get(from->json, "well_known");

    return member && !json_is_null(member) ? request_boolean(from, "well_known", well_known, err)
                                           : 0;
}

int probe_request_parse(const char *text, size_t length, struct probe_request *request,
                        struct error *err)
{
    struct request from;

    *request = (struct probe_request){0};
    if (request_load(FSPROBE_NAME, text, length, FSPROBE_REQUEST_MAX, &request->json, &from, err) <
            0 ||
        get_disks(request, err) < 0 || request_uid(&from, &request->uid, err) < 0 ||
        request_confinement(&from, &request->own_user, &request->complete, err) < 0 ||
        request_text(&from, "family", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &request->family, err) <
            0 ||
        request_text(&from, "arch", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &request->arch, err) < 0 ||
        get_well_known(&from, &request->well_known, err) < 0 ||
        get_selection(&from, &request->select, err) < 0 ||
        get_detail(&from, &request->subvolumes, err) < 0 ||
        get_tree(&from, &request->tree, err) < 0 || get_look(&from, &request->look, err) < 0)
        return -1;
    return get_copy(&from, &request->copy, err);
}

void probe_request_free(struct probe_request *request)
{
    json_decref(request->json);
    *request = (struct probe_request){0};
}
