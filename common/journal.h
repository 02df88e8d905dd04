/* The journal of systemd, in its own protocol: an entry is a datagram of fields, so that a program
 * finds those of one VM without reading sentences.
 *
 * Source of the format: systemd's "Native Journal Protocol"
 * (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/): NAME=VALUE and a newline; a value that holds a
 * newline stands behind NAME, a newline, and its length as 64 bits, least significant byte first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_JOURNAL_H
#define COMMON_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Bytes of one value, of which the rest is cut off, and of a whole entry, in which a field that
 * does not fit has no place. */
#define JOURNAL_VALUE_MAX 4352
#define JOURNAL_ENTRY_MAX (16 * 1024)

struct journal_field {
    const char *name;  /* capital letters, digits and '_' */
    const char *value; /* any bytes; NULL: the entry has no such field */
};

/* The entry of COUNT FIELDS into ENTRY. Returns its length in bytes. Needs no memory but ENTRY. */
size_t journal_entry(const struct journal_field *fields, size_t count,
                     char entry[JOURNAL_ENTRY_MAX]) must_check;

/* Sends the entry of COUNT FIELDS to the socket at PATH, with no memory to be had. True: who
 * listens there has it, or has no room for it even after a second, and is not waited for any more
 * in this run. False: nobody listens there. */
bool journal_send(const char *path, const struct journal_field *fields, size_t count) must_check;

#endif
