/* What a helper says in one member of its answer, checked: nothing is believed for its name. Every
 * reader of an answer uses these.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_MEMBER_H
#define LOADER_HELPERS_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/memory.h"

/* All take an object that may be NULL, or no object: then it has no members. */

/* The text of KEY; NULL when it is not there, or of another type. It belongs to OBJECT. */
const char *member_text(const json_t *object, const char *key);
/* A copy of it, which the caller frees; or NULL. */
char *member_copy(const json_t *object, const char *key) must_check;

/* Whether KEY is there and a whole number from 0 to MAX, which *VALUE is then; else *VALUE is 0. */
bool member_number(const json_t *object, const char *key, uint64_t max, uint64_t *value);

/* Whether KEY is DIGITS lower-case hexadecimal digits, which OUT (DIGITS + 1 bytes) holds then;
 * else OUT is empty. */
bool member_hex(const json_t *object, const char *key, char *out, size_t digits);

/* Whether the file that is open as FD has the size that KEY says, in bytes, and that is neither 0
 * nor more than MAX: what is in a file counts, not what a helper says of it. */
bool member_fits(const json_t *object, const char *key, int fd, uint64_t max) must_check;

#endif
