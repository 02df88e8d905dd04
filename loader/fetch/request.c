/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/request.h"

#include <stdlib.h>
#include <string.h>

#include "common/helper/request.h"
#include "common/protocol/fetch.h"

static int get_mode(const struct request *from, struct fetch_request *r, struct error *err)
{
    static const char *const modes[] = {FETCH_IDENTIFY, FETCH_SUMS, FETCH_RAMDISK};
    size_t mode;

    if (request_mode(from, modes, ARRAY_SIZE(modes), &mode, err) < 0)
        return -1;
    r->identify = mode == 0;
    r->sums = mode == 1;
    r->ramdisk_alone = mode == 2;
    return 0;
}

static int get_texts(const struct request *from, struct fetch_request *r, struct error *err)
{
    enum request_need repository = r->sums ? REQUEST_OPTIONAL : REQUEST_REQUIRED;
    enum request_need family = r->sums || r->ramdisk_alone ? REQUEST_OPTIONAL : REQUEST_REQUIRED;
    enum request_need arch = r->identify ? REQUEST_OPTIONAL : family;
    enum request_need ramdisk = r->ramdisk_alone ? REQUEST_REQUIRED : REQUEST_OPTIONAL;
    const struct {
        const char *member;
        enum request_need need;
        size_t max;
        const char **out;
    } texts[] = {
        {"repository", repository, REQUEST_URL_MAX, &r->repository},
        {"family", family, REQUEST_TEXT_MAX, &r->family},
        {"arch", arch, REQUEST_TEXT_MAX, &r->arch},
        {"release", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &r->release},
        {"kernel", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &r->kernel},
        {"ramdisk", ramdisk, REQUEST_TEXT_MAX, &r->ramdisk},
        {"proxy", REQUEST_OPTIONAL, REQUEST_URL_MAX, &r->proxy},
        {"agent", REQUEST_REQUIRED, REQUEST_TEXT_MAX, &r->agent},
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        if (request_clean(from, texts[i].member, texts[i].need, texts[i].max, texts[i].out, err) <
            0)
            return -1;
    return request_text(from, "cacert", REQUEST_OPTIONAL, FETCH_REQUEST_MAX, &r->cacert, err);
}

static int get_numbers(const struct request *from, struct fetch_request *r, struct error *err)
{
    uint64_t connect = 0, stall = 0, total = 0;

    if (request_number(from, "kernel_max", 1, REQUEST_SIZE_MAX, &r->kernel_max, err) < 0 ||
        request_number(from, "ramdisk_max", 1, REQUEST_SIZE_MAX, &r->ramdisk_max, err) < 0 ||
        request_number(from, "connect_timeout", 1, REQUEST_TIMEOUT_MAX, &connect, err) < 0 ||
        request_number(from, "stall_timeout", 1, REQUEST_TIMEOUT_MAX, &stall, err) < 0 ||
        request_number(from, "total_timeout", 1, REQUEST_TIMEOUT_MAX, &total, err) < 0)
        return -1;
    r->connect_timeout = (unsigned)connect;
    r->stall_timeout = (unsigned)stall;
    r->total_timeout = (unsigned)total;
    if (request_uid(from, &r->uid, err) < 0)
        return -1;
    return request_confinement(from, &r->own_user, &r->complete, err);
}

static int get_reach(const struct request *from, struct fetch_request *r, struct error *err)
{
    const char *redirects;

    if (request_clean(from, "redirects", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &redirects, err) < 0 ||
        request_boolean(from, "downgrade", &r->downgrade, err) < 0)
        return -1;
    r->redirects_private = redirects && strcmp(redirects, FETCH_REDIRECTS_PRIVATE) == 0;
    r->redirects_any = redirects && strcmp(redirects, FETCH_REDIRECTS_ANY) == 0;
    if (redirects && !r->redirects_private && !r->redirects_any)
        return error_set(err, ERROR_INTERNAL, "%s: redirects in the request is \"%s\"", FETCH_NAME,
                         redirects);
    return 0;
}

static int get_digests(const struct request *from, struct fetch_request *r, struct error *err)
{
    const json_t *list = json_object_get(from->json, "digests");
    const json_t *one;
    size_t index;

    r->all_digests = !list || json_is_null(list);
    r->ramdisk_digests = 0;
    if (!r->all_digests && !json_is_array(list))
        return error_set(err, ERROR_INTERNAL, "%s: digests in the request is no list", FETCH_NAME);
    json_array_foreach(list, index, one)
    {
        enum digest digest = digest_from_name(json_string_value(one));
        if (!(DIGEST_BIT(digest) & DIGESTS_OF_TABLES))
            return error_set(err, ERROR_INTERNAL,
                             "%s: digests in the request has one that is not known", FETCH_NAME);
        r->ramdisk_digests |= DIGEST_BIT(digest);
    }
    return 0;
}

/* One of "bound". */
static int get_bound_file(const json_t *json, struct fetch_request *r, struct error *err)
{
    struct request from = {FETCH_NAME, json};
    struct bound_file *file = &r->bound[r->bound_count];
    const char *digest, *hex;

    if (!json_is_object(json) || r->bound_count == FETCH_BOUND_MAX)
        return error_set(err, ERROR_INTERNAL, "%s: bound in the request is no list of checksums",
                         FETCH_NAME);
    if (request_clean(&from, "path", REQUEST_REQUIRED, REQUEST_TEXT_MAX, &file->path, err) < 0 ||
        request_clean(&from, "digest", REQUEST_REQUIRED, REQUEST_TEXT_MAX, &digest, err) < 0 ||
        request_clean(&from, "hex", REQUEST_REQUIRED, REQUEST_TEXT_MAX, &hex, err) < 0)
        return -1;
    if (!checksum_set(&file->sum, digest_from_name(digest), hex, strlen(hex)))
        return error_set(err, ERROR_INTERNAL, "%s: bound in the request has no checksum",
                         FETCH_NAME);
    r->bound_count++;
    return 0;
}

static int get_bound(const struct request *from, struct fetch_request *r, struct error *err)
{
    const json_t *list = json_object_get(from->json, "bound");
    const json_t *one;
    size_t index;

    if (list && !json_is_array(list) && !json_is_null(list))
        return error_set(err, ERROR_INTERNAL, "%s: bound in the request is no list of checksums",
                         FETCH_NAME);
    json_array_foreach(list, index, one) if (get_bound_file(one, r, err) < 0) return -1;
    return 0;
}

/* One of "held". */
static int get_held_file(const json_t *json, struct fetch_request *r, struct error *err)
{
    struct request from = {FETCH_NAME, json};
    struct held_file *file = &r->held[r->held_count];
    const char *hex;

    if (!json_is_object(json))
        return error_set(err, ERROR_INTERNAL, "%s: held in the request is no list of files",
                         FETCH_NAME);
    if (request_clean(&from, "path", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &file->path, err) < 0 ||
        request_clean(&from, "validator", REQUEST_OPTIONAL, REQUEST_TEXT_MAX, &file->validator,
                      err) < 0 ||
        request_clean(&from, "sha256", REQUEST_REQUIRED, REQUEST_TEXT_MAX, &hex, err) < 0)
        return -1;
    if (!checksum_set(&file->sha256, DIGEST_SHA256, hex, strlen(hex)))
        return error_set(err, ERROR_INTERNAL, "%s: held in the request has no checksum",
                         FETCH_NAME);
    r->held_count++;
    return 0;
}

static int get_held(const struct request *from, struct fetch_request *r, struct error *err)
{
    const json_t *list = json_object_get(from->json, "held");
    const json_t *one;
    size_t index;

    if (json_object_get(from->json, "held_only") &&
        request_boolean(from, "held_only", &r->held_only, err) < 0)
        return -1;
    if (!list || json_is_null(list))
        return 0;
    if (!json_is_array(list) || json_array_size(list) > FETCH_HELD_MAX)
        return error_set(err, ERROR_INTERNAL, "%s: held in the request is no list of files",
                         FETCH_NAME);
    r->held = xcalloc(json_array_size(list) + 1, sizeof *r->held);
    json_array_foreach(list, index, one) if (get_held_file(one, r, err) < 0) return -1;
    return 0;
}

int fetch_request_parse(const char *text, size_t length, struct fetch_request *request,
                        struct error *err)
{
    struct request from;

    *request = (struct fetch_request){0};
    if (request_load(FETCH_NAME, text, length, FETCH_REQUEST_MAX, &request->json, &from, err) < 0 ||
        get_mode(&from, request, err) < 0 || get_texts(&from, request, err) < 0 ||
        get_reach(&from, request, err) < 0 || get_bound(&from, request, err) < 0 ||
        get_digests(&from, request, err) < 0 || get_held(&from, request, err) < 0)
        return -1;
    return get_numbers(&from, request, err);
}

void fetch_request_free(struct fetch_request *request)
{
    json_decref(request->json);
    free(request->held);
    *request = (struct fetch_request){0};
}
