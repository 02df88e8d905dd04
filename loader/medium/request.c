/* The request: JSON to a struct, every member checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/request.h"

#include "common/helper/request.h"
#include "common/protocol/medium.h"

int medium_request_parse(const char *text, size_t length, struct medium_request *request,
                         struct error *err)
{
    static const char *const modes[] = {MEDIUM_SUPPORT};
    struct request from;
    size_t mode = ARRAY_SIZE(modes);

    *request = (struct medium_request){0};
    if (request_load(MEDIUM_NAME, text, length, MEDIUM_REQUEST_MAX, &request->json, &from, err) <
            0 ||
        request_boolean(&from, "verify", &request->verify, err) < 0 ||
        request_mode(&from, modes, ARRAY_SIZE(modes), &mode, err) < 0 ||
        request_text(&from, "name", REQUEST_REQUIRED, MEDIUM_NAME_MAX, &request->name, err) < 0 ||
        request_text(&from, "arch", REQUEST_OPTIONAL, MEDIUM_TEXT_MAX, &request->arch, err) < 0 ||
        request_text(&from, "release", REQUEST_OPTIONAL, MEDIUM_TEXT_MAX, &request->release, err) <
            0)
        return -1;
    request->support = mode < ARRAY_SIZE(modes);
    if (request_uid(&from, &request->uid, err) < 0)
        return -1;
    return request_confinement(&from, &request->own_user, &request->complete, err);
}

void medium_request_free(struct medium_request *request)
{
    json_decref(request->json);
    *request = (struct medium_request){0};
}
