/* A helper locks itself in before it touches its input.
 *
 * In this order: resource limits, the unprivileged user, parent-death signal, no new
 * privileges, Landlock, a seccomp allow-list. Where the kernel lacks Landlock or seccomp,
 * the rest still holds, and what is missing is named.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CONFINE_H
#define COMMON_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/text.h"

/* The user that a helper becomes when it is started by root and nothing else is said:
 * "nobody" of every distribution. */
#define CONFINE_DEFAULT_UID 65534

struct confine {
    uid_t uid;            /* becomes this user and the group of the same number, when root */
    uint64_t memory;      /* bytes of address space; 0: no limit */
    uint64_t file_size;   /* bytes that any file may grow to; writing more is EFBIG */
    unsigned cpu_seconds; /* 0: no limit */
    unsigned descriptors; /* open files at once */
    bool threads;         /* may start threads (never processes) */
    bool network;         /* may make IP sockets and connect; never listen */
    bool dynamic;         /* may map shared libraries (the resolver's modules) */
    /* Hierarchies that may be opened for reading, NULL-terminated; NULL: none at all, and
     * open(2) itself is not allowed. Missing ones are passed over. */
    const char *const *read_paths;
};

/* Locks the calling process in, for good. 0; or -1 with an error when one of the parts
 * that the kernel does have cannot be set up: the caller must not go on. MISSING gets the
 * names of what the kernel lacks ("landlock seccomp"), and stays empty when all hold. */
int confine_enter(const struct confine *policy, struct buffer *missing,
                  struct error *err) must_check;

#endif
