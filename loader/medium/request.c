/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/request.h"

#include "common/helper/request.h"
#include "common/protocol/medium.h"

static int get_sums(const struct request *from, struct medium_request *request, struct error *err)
{
    const char *digest;

    if (request_boolean(from, "tables", &request->tables, err) < 0 ||
        request_text(from, "digest", REQUEST_OPTIONAL, MEDIUM_TEXT_MAX, &digest, err) < 0 ||
        request_number(from, "at", 0, INT64_MAX, &request->at, err) < 0 ||
        request_number(from, "length", 0, INT64_MAX - request->at, &request->length, err) < 0)
        return -1;
    request->digest = digest_from_name(digest);
    if (digest && request->digest == DIGEST_NONE)
        return error_set(err, ERROR_INTERNAL, "the request to medium: '%s' is no digest", digest);
    return 0;
}

/* The member "unpack": names of what is unpacked. */
static int get_forms(const json_t *forms, struct kernel_unpack *unpack, struct error *err)
{
    const json_t *form;
    size_t i;

    unpack->all = !forms || json_is_null(forms);
    if (unpack->all)
        return 0;
    if (!json_is_array(forms) || json_array_size(forms) > KERNEL_UNPACK_FORMS_MAX)
        return error_set(err, ERROR_INTERNAL, "the request to " MEDIUM_NAME " has a bad unpack");
    json_array_foreach(forms, i, form)
    {
        if (!json_is_string(form))
            return error_set(err, ERROR_INTERNAL,
                             "the request to " MEDIUM_NAME " has a bad unpack");
        unpack->forms[unpack->form_count++] = json_string_value(form);
    }
    return 0;
}

static int get_unpack(const struct request *from, struct medium_request *request, struct error *err)
{
    struct kernel_unpack *unpack = &request->unpack;

    unpack->fd = MEDIUM_OUT_FD;
    if (get_forms(json_object_get(from->json, "unpack"), unpack, err) < 0)
        return -1;
    return request_number(from, "unpack_max", 1, MEDIUM_UNPACKED_MAX, &unpack->max, err);
}

int medium_request_parse(const char *text, size_t length, struct medium_request *request,
                         struct error *err)
{
    static const char *const modes[] = {MEDIUM_SUPPORT, MEDIUM_SUMS, MEDIUM_UNPACK};
    static const enum medium_mode values[] = {MEDIUM_LOOKS, MEDIUM_TAKES_SUMS, MEDIUM_UNPACKS};
    struct request from;
    size_t mode = ARRAY_SIZE(modes);

    *request = (struct medium_request){0};
    if (request_load(MEDIUM_NAME, text, length, MEDIUM_REQUEST_MAX, &request->json, &from, err) <
            0 ||
        request_boolean(&from, "verify", &request->verify, err) < 0 ||
        request_mode(&from, modes, ARRAY_SIZE(modes), &mode, err) < 0 ||
        request_text(&from, "name", REQUEST_REQUIRED, MEDIUM_NAME_MAX, &request->name, err) < 0)
        return -1;
    request->mode = mode < ARRAY_SIZE(modes) ? values[mode] : MEDIUM_TELLS;
    if ((request->mode == MEDIUM_TAKES_SUMS && get_sums(&from, request, err) < 0) ||
        (request->mode == MEDIUM_UNPACKS && get_unpack(&from, request, err) < 0) ||
        request_uid(&from, &request->uid, err) < 0)
        return -1;
    return request_confinement(&from, &request->own_user, &request->complete, err);
}

void medium_request_free(struct medium_request *request)
{
    json_decref(request->json);
    *request = (struct medium_request){0};
}
