/* The request to medium, checked. Its members: common/protocol/medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_REQUEST_H
#define LOADER_MEDIUM_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "common/checksum.h"
#include "common/error.h"
#include "common/memory.h"
#include "loader/medium/kernel_unpack.h"

#define MEDIUM_NAME_MAX 4096 /* bytes of the file's name, escaped */
#define MEDIUM_TEXT_MAX 64   /* of a digest's name */

enum medium_mode { MEDIUM_TELLS, MEDIUM_LOOKS, MEDIUM_TAKES_SUMS, MEDIUM_UNPACKS };

/* Strings belong to `json`. */
struct medium_request {
    json_t *json;
    const char *name;
    enum medium_mode mode;
    bool verify;
    /* Of MEDIUM_TAKES_SUMS. */
    bool tables;                 /* the sums that tables have */
    enum digest digest;          /* and this one; or DIGEST_NONE */
    uint64_t at, length;         /* bytes; a LENGTH of 0: up to the end */
    struct kernel_unpack unpack; /* of MEDIUM_UNPACKS */
    uid_t uid;
    bool own_user, complete; /* as of struct confine */
};

/* Takes the LENGTH bytes at TEXT apart into REQUEST. 0; or -1 with ERR naming the member that is
 * missing or out of bounds. The caller frees in both cases. */
int medium_request_parse(const char *text, size_t length, struct medium_request *request,
                         struct error *err) must_check;
void medium_request_free(struct medium_request *request);

#endif
