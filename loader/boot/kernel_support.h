/* Whether a kernel can run as a Xen guest, told to people and to programs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_KERNEL_SUPPORT_H
#define LOADER_BOOT_KERNEL_SUPPORT_H

#include <stdbool.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/helpers/medium.h"
#include "loader/settings/options.h"

/* With the setting check-kernel: looks into the kernel that is open as FD (WHO: "VM web1: the
 * kernel /boot/vmlinuz"). 0; or -1 with ERR (ERROR_KERNEL) when it is known that it cannot start as
 * a guest of KIND. Where KIND is not known, a kernel that starts as none is a warning; and so is
 * whatever goes wrong. */
int kernel_support_check(const struct settings *settings, int fd, enum guest_kind kind,
                         const char *who, struct error *err) must_check;

/* The same of what is known of it already: whether it starts as a PV and as a PVH guest, says
 * /boot/config-VERSION (SOURCE); NULL: the kernel itself. */
int kernel_support_judge(enum guest_kind kind, bool pv, bool pvh, const char *who,
                         const char *source, struct error *err) must_check;

/* The sentence of a kernel that starts as no guest. The caller frees. */
char *kernel_support_sentence(const char *who, const char *source) must_check;

/* True when it is known that the kernel can start neither as a PV nor as a PVH guest. */
bool kernel_support_none(const struct kernel_support *support) must_check;

/* For people: "PV: yes, PVH: no, x86_64", or "not known: WHY". The caller frees. */
char *kernel_support_text(const struct kernel_support *support) must_check;
/* For programs: {"pv", "pvh", "arch", "why"}, null where not known. The caller frees. */
json_t *kernel_support_json(const struct kernel_support *support) must_check;

#endif
