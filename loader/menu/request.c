/* The request: JSON to a struct, every member checked. See request.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/request.h"

#include <stdlib.h>

#include "common/helper/request.h"
#include "common/protocol/menu.h"
#include "common/utf8.h"

static int wrong(const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "the request to " MENU_NAME ": %s", what);
}

/* The entry that comes after the COUNT that REQUEST has. */
static int get_entry(const json_t *json, struct menu_request *request, struct error *err)
{
    const struct request from = {MENU_NAME, json};
    struct menu_entry *entry = &request->entries[request->count];
    uint64_t number;

    if (!json_is_object(json))
        return wrong("an entry is no object", err);
    if (request_number(&from, "number", 0, UINT32_MAX, &number, err) < 0 ||
        request_text(&from, "title", REQUEST_REQUIRED, MENU_TITLE_MAX + UTF8_LENGTH_MAX,
                     &entry->title, err) < 0 ||
        request_clean(&from, "args", REQUEST_OPTIONAL, MENU_ARGS_MAX, &entry->args, err) < 0)
        return -1;
    if (request->count && number <= entry[-1].number)
        return wrong("the numbers of the entries do not increase", err);
    entry->number = (unsigned)number;
    request->count++;
    return 0;
}

static int get_entries(const struct request *from, struct menu_request *request, struct error *err)
{
    const json_t *array = json_object_get(from->json, "entries"), *json;
    size_t count = json_array_size(array), i;

    if (count == 0 || count > MENU_LIST_MAX)
        return wrong("entries is not a list of 1 to 4096", err);
    request->entries = xcalloc(count, sizeof *request->entries);
    json_array_foreach(array, i, json) if (get_entry(json, request, err) < 0) return -1;
    return 0;
}

static int get_default(const struct request *from, struct menu_request *request, struct error *err)
{
    uint64_t number;

    if (request_number(from, "default", 0, UINT32_MAX, &number, err) < 0)
        return -1;
    for (size_t i = 0; i < request->count; i++)
        if (request->entries[i].number == number) {
            request->chosen = i;
            return 0;
        }
    return wrong("default is none of the entries", err);
}

int menu_request_parse(const char *text, size_t length, struct menu_request *request,
                       struct error *err)
{
    struct request from;
    uint64_t timeout = 0;
    bool limited;

    *request = (struct menu_request){0};
    if (request_load(MENU_NAME, text, length, MENU_REQUEST_MAX, &request->json, &from, err) < 0 ||
        get_entries(&from, request, err) < 0 || get_default(&from, request, err) < 0 ||
        request_optional_number(&from, "timeout", MENU_TIMEOUT_MAX, &limited, &timeout, err) < 0 ||
        request_clean(&from, "terminal", REQUEST_OPTIONAL, MENU_TERM_MAX, &request->terminal, err) <
            0 ||
        request_boolean(&from, "marks", &request->marks, err) < 0 ||
        request_uid(&from, &request->uid, err) < 0)
        return -1;
    request->timeout = limited ? (int)timeout : -1;
    return request_confinement(&from, &request->own_user, &request->complete, err);
}

void menu_request_free(struct menu_request *request)
{
    free(request->entries);
    json_decref(request->json);
    *request = (struct menu_request){0};
}
