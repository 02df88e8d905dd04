/* What a kernel's own configuration, which distributions put beside it, says of running as a Xen
 * guest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_KERNEL_CONFIG_H
#define FSPROBE_KERNEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"

struct kernel_config {
    char *path;   /* on the filesystem where it is; NULL: there is none, or it cannot be read */
    bool pv, pvh; /* it was built to start as such a guest */
};

/* Looks for the configuration of KERNEL by the version in its file name, beside it and where its
 * modules are, and reads it. Without such a name, by VERSION (or NULL), which its entry says, on
 * all filesystems: kernels on an ESP have their modules elsewhere. */
void kernel_config_read(struct guest *guest, const struct boot_file *kernel, const char *version,
                        struct kernel_config *config);
/* What TEXT (LENGTH bytes) says, of a kernel of VERSION. False when it is none, or that of a kernel
 * for arm64, where there are neither PV nor PVH guests. */
bool kernel_config_parse(const char *text, size_t length, const char *version,
                         struct kernel_config *config) must_check;
void kernel_config_free(struct kernel_config *config);

#endif
