/* Whether a kernel can run as a Xen guest, by its own Xen ELF notes: asks the helper `medium`,
 * which unpacks it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_KERNEL_SUPPORT_H
#define LOADER_BOOT_KERNEL_SUPPORT_H

#include <stdbool.h>

#include <jansson.h>

#include "common/error.h"
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

/* With the setting check-kernel: looks, and warns in a user's words when the kernel cannot start as
 * a guest (WHO: "VM web1: the kernel /boot/vmlinuz"). Whatever goes wrong is a warning too. */
void kernel_support_check(const struct settings *settings, int fd, const char *who);

/* The warning itself, for what /boot/config-VERSION (SOURCE) says; NULL: the kernel itself. */
void kernel_support_warn(const char *who, const char *source);
/* Its sentence. The caller frees. */
char *kernel_support_sentence(const char *who, const char *source) must_check;

/* True when it is known that the kernel can start neither as a PV nor as a PVH guest. */
bool kernel_support_none(const struct kernel_support *support) must_check;

/* The "support" of an answer of the helper (medium/medium.h), checked. False when it is null or
 * damaged; SUPPORT is freed by the caller in both cases. */
bool kernel_support_take(const json_t *member, struct kernel_support *support) must_check;

/* For people: "PV: yes, PVH: no, x86_64", or "not known: WHY". The caller frees. */
char *kernel_support_text(const struct kernel_support *support) must_check;
/* For programs: {"pv", "pvh", "arch", "why"}, null where not known. The caller frees. */
json_t *kernel_support_json(const struct kernel_support *support) must_check;

#endif
