/* The request that eliloader sends a helper: one JSON object, taken apart member by member.
 *
 * Each function returns 0; or -1 with ERR (ERROR_INTERNAL), which names the helper, the member and
 * its fault. Members that are null count as left out. Texts belong to the request's JSON.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_HELPER_REQUEST_H
#define COMMON_HELPER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"

/* An object of the request: the whole of it, or one of its members. */
struct request {
    const char *helper; /* the program's name, for messages */
    const json_t *json; /* not owned */
};

enum request_need { REQUEST_OPTIONAL, REQUEST_REQUIRED };

/* Reads the LENGTH bytes at TEXT, at most MAX, into *JSON, which the caller frees in either case,
 * and hangs it into REQUEST for HELPER. */
int request_load(const char *helper, const char *text, size_t length, size_t max, json_t **json,
                 struct request *request, struct error *err) must_check;

/* A text of at most MAX bytes; *OUT is NULL when it is left out, which it may only be where it is
 * optional. */
int request_text(const struct request *request, const char *member, enum request_need need,
                 size_t max, const char **out, struct error *err) must_check;
/* The same for what must not be able to add a line to a message or to an HTTP request: it holds no
 * control character. */
int request_clean(const struct request *request, const char *member, enum request_need need,
                  size_t max, const char **out, struct error *err) must_check;
/* The member "mode": one of the COUNT words at MODES. *MODE is its place there; COUNT: none. */
int request_mode(const struct request *request, const char *const *modes, size_t count,
                 size_t *mode, struct error *err) must_check;

/* A whole number from MIN to MAX, which has to be there. */
int request_number(const struct request *request, const char *member, uint64_t min, uint64_t max,
                   uint64_t *out, struct error *err) must_check;
/* One from 0 to MAX that may be left out, which *THERE tells: *OUT is unchanged then. */
int request_optional_number(const struct request *request, const char *member, uint64_t max,
                            bool *there, uint64_t *out, struct error *err) must_check;
/* The member "uid": a user's number, and not the one that stands for "none". */
int request_uid(const struct request *request, uid_t *uid, struct error *err) must_check;
/* The members "own_user" and "complete", which mean what they mean in struct confine, and are false
 * when they are left out. */
int request_confinement(const struct request *request, bool *own_user, bool *complete,
                        struct error *err) must_check;

/* True or false, which has to be there. */
int request_boolean(const struct request *request, const char *member, bool *out,
                    struct error *err) must_check;
/* An object that may be left out: OUT->json is NULL then. */
int request_object(const struct request *request, const char *member, struct request *out,
                   struct error *err) must_check;

#endif
