/* The request to menu, checked. See common/protocol/menu.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_REQUEST_H
#define LOADER_MENU_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/memory.h"

/* Strings belong to the request. */
struct menu_entry {
    unsigned number;
    const char *title; /* to be escaped */
    const char *args;  /* clean; NULL: cannot be edited */
};

struct menu_request {
    json_t *json;
    struct menu_entry *entries; /* owned; by increasing numbers; at least one */
    size_t count;
    size_t chosen;        /* index of the default */
    int timeout;          /* seconds; -1: none */
    const char *terminal; /* or NULL */
    bool marks;
    uid_t uid;
    bool own_user, complete; /* as of struct confine */
};

/* Takes the LENGTH bytes at TEXT apart into REQUEST. 0; or -1 with ERR, which names the member that
 * is missing or wrong. The caller frees in both cases. */
int menu_request_parse(const char *text, size_t length, struct menu_request *request,
                       struct error *err) must_check;
void menu_request_free(struct menu_request *request);

#endif
