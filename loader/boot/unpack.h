/* The kernel that a domain builder is given, unpacked where this host's cannot do that.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_UNPACK_H
#define LOADER_BOOT_UNPACK_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/helpers/medium.h"
#include "loader/host/xen_version.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* Of the limit of a packed one, so that the default, 64 MiB, is MEDIUM_UNPACKED_MAX here. */
#define UNPACK_TIMES 4

/* With the setting unpack-kernel, or "auto" where this host's Xen cannot unpack it: puts what is
 * packed in OUTPUTS' kernel in its place, and sets OUTPUTS' unpacked. WHO is how messages call it
 * ("VM web1: the kernel /boot/vmlinuz"). It may have UNPACK_TIMES the KERNEL_MAX bytes that the
 * packed one may have. What it says of itself is judged on the way (kernel_support_judge() of
 * KIND). 0, also when there is nothing to do; or -1 with ERR: it is damaged, (ERROR_LIMITS) too
 * large, or (ERROR_KERNEL) no kernel for such a guest. */
int unpack_kernel(const struct settings *settings, enum guest_kind kind, uint64_t kernel_max,
                  const char *who, struct outputs *outputs, struct error *err) must_check;

/* What a host cannot unpack, of architecture ARCH, with XEN (NULL: not known), into NAMES, which
 * has room for UNPACK_NAMES_MAX. Their number. */
#define UNPACK_NAMES_MAX 8
size_t unpack_needed(const char *arch, const struct xen_version *xen,
                     const char *names[UNPACK_NAMES_MAX]);

#endif
