/* Whether a kernel can run as a Xen guest, told to people and to programs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_KERNEL_SUPPORT_H
#define LOADER_BOOT_KERNEL_SUPPORT_H

#include <stdbool.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/helpers/medium.h"
#include "loader/settings/options.h"

/* With the setting check-kernel: looks, and warns in a user's words when the kernel cannot start as
 * a guest (WHO: "VM web1: the kernel /boot/vmlinuz"). Whatever goes wrong is a warning too. */
void kernel_support_check(const struct settings *settings, int fd, const char *who);

/* The warning itself, for what /boot/config-VERSION (SOURCE) says; NULL: the kernel itself. */
void kernel_support_warn(const char *who, const char *source);
/* Its sentence. The caller frees. */
char *kernel_support_sentence(const char *who, const char *source) must_check;

/* True when it is known that the kernel can start neither as a PV nor as a PVH guest. */
bool kernel_support_none(const struct kernel_support *support) must_check;

/* For people: "PV: yes, PVH: no, x86_64", or "not known: WHY". The caller frees. */
char *kernel_support_text(const struct kernel_support *support) must_check;
/* For programs: {"pv", "pvh", "arch", "why"}, null where not known. The caller frees. */
json_t *kernel_support_json(const struct kernel_support *support) must_check;

#endif
