/* A helper locks itself in before it touches its input.
 *
 * In this order: resource limits, namespaces with an empty root, no capability that could come
 * back, the unprivileged user, parent-death signal, no new privileges, no executable memory,
 * Landlock, a seccomp allow-list. Where the kernel lacks namespaces, Landlock or seccomp, the rest
 * still holds, and what is missing is named.
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
/* Threads of one helper, where they can be counted: see own_user. */
#define CONFINE_THREADS_MAX 16

struct confine {
    uid_t uid;            /* becomes this user and the group of the same number, when root */
    uint64_t memory;      /* bytes of address space; 0: no limit */
    uint64_t file_size;   /* bytes that any file may grow to; writing more is EFBIG */
    unsigned cpu_seconds; /* 0: no limit */
    unsigned descriptors; /* open files at once */
    bool threads;         /* may start threads (never processes) */
    bool network;         /* may make TCP and UDP sockets and connect; never listen */
    bool bind;            /* with `network`, chooses the ports of its UDP sockets itself */
    /* With `network`, may choose a port below 1024, and above 511, for its TCP sockets, by which
     * some servers tell root's programs from others': of root's powers it keeps that one
     * (CAP_NET_BIND_SERVICE). */
    bool privileged_ports;
    bool terminal; /* may ask the terminal that it was given for its size, and for nothing else */
    /* Runs libraries that try things which they can do without: a call that is not listed fails
     * with EPERM, and only starting programs and reaching into other processes ends it. Else the
     * first such call ends it. */
    bool lenient;
    /* Nobody else is this user, so that the kernel's count of a user's processes is that of this
     * helper's threads, and can be limited. */
    bool own_user;
    bool complete; /* what the kernel lacks is an error */
    /* Hierarchies that may be opened for reading, NULL-terminated; NULL: none at all, and
     * open(2) itself is not allowed. Missing ones are passed over. */
    const char *const *read_paths;
    /* With `network`, the TCP ports that it may connect to, where Landlock knows ports (ABI 4);
     * NULL: any. */
    const uint16_t *ports;
    size_t port_count;
};

/* Locks the calling process in, for good. 0; or -1 with an error when one of the parts
 * that the kernel does have cannot be set up, or one is missing and POLICY wants it complete: the
 * caller must not go on. MISSING gets the names of what the kernel lacks ("namespaces landlock
 * seccomp"), and stays empty when all hold. */
int confine_enter(const struct confine *policy, struct buffer *missing,
                  struct error *err) must_check;

/* The version of Landlock that this kernel has; below 1: none. */
long confine_landlock_abi(void);

#endif
