/* Bounds for a program that is not one of ours and so cannot confine itself (pygrub): set in the
 * child, before it becomes the program. Common to child.c and who starts such programs.
 *
 * A helper of ours gives up all files and nearly all system calls (common/confine.h). A foreign
 * program needs its interpreter, its libraries and whatever it does with them: what is bounded here
 * is what it can take from the host, what it can become, and how long it lasts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CHILD_CAGE_H
#define COMMON_CHILD_CAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/memory.h"

#define CHILD_CAPABILITY(number) (UINT64_C(1) << (number)) /* CAP_… of linux/capability.h */

struct child_cage {
    uint64_t memory;         /* bytes of address space */
    uint64_t file_size;      /* bytes that any file may grow to; writing more is EFBIG */
    uint64_t file_size_most; /* what the program itself may set that to */
    unsigned cpu_seconds;
    /* Where it is started by root: the only capabilities that it, or any program that it starts,
     * can have, as a set of CHILD_CAPABILITY. */
    uint64_t capabilities;
    /* What root's own namespaces cannot be made for (in a container) is an error; else the program
     * runs without. */
    bool complete;
};

/* Bounds the calling process, for good: the limits above, no core files, no processes of a user
 * other than root, no new privileges; and where it is root, no network, no System V IPC and no
 * capability but those named. Async-signal-safe. 0; or -1: it must not become the program. */
int child_cage_enter(const struct child_cage *cage) must_check;

#endif
