/* What a file is, and whether a kernel can run as a Xen guest, by its own Xen ELF notes: runs the
 * helper `medium`, which reads and unpacks it, and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_MEDIUM_H
#define LOADER_HELPERS_MEDIUM_H

#include <stdbool.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/settings/options.h"

struct kernel_support {
    bool known;    /* false: it could not be unpacked, or is of a kind that is not known */
    bool pv, pvh;  /* it can start as such a guest */
    char arch[16]; /* "x86_64", "i386", "i386 PAE", "aarch64", …; "" when not known */
    char *why;     /* where not KNOWN: a sentence without its subject ("it is cut off"); owned */
};
#define KERNEL_SUPPORT_INIT \
    (struct kernel_support) \
    {                       \
        .known = false      \
    }
void kernel_support_free(struct kernel_support *support);
#define auto_kernel_support __attribute__((cleanup(kernel_support_free)))

/* Looks into the kernel that is open as FD (a regular file), called NAME in messages. 0; or -1 with
 * ERR when the helper could not do its work; a kernel that is not understood is no error. */
int kernel_support_look(const struct settings *settings, int fd, const char *name,
                        struct kernel_support *support, struct error *err) must_check;

/* The "support" of an answer of the helper (common/protocol/medium.h), checked. False when it is
 * null or damaged; SUPPORT is freed by the caller in both cases. */
bool kernel_support_take(const json_t *member, struct kernel_support *support) must_check;

/* Asks what the file or device PATH is, which may take as long as it takes to read it (--verify).
 * *ANSWER, which the caller frees, is as of common/protocol/medium.h. 0, or -1 with ERR. */
int medium_ask(const struct settings *settings, const char *path, json_t **answer,
               struct error *err) must_check;

#endif
