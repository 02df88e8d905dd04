/* The configuration of extlinux, and of syslinux' other variants.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_EXTLINUX_H
#define FSPROBE_CONFIG_EXTLINUX_H

#include "fsprobe/config/boot_config.h"

/* Files that include one another, the first one too: how deep, and how many in all. */
#define EXTLINUX_DEPTH_MAX 8
#define EXTLINUX_FILES_MAX 32
/* Labels, those without a kernel too. */
#define EXTLINUX_LABELS_MAX 1000
extern const struct boot_config extlinux_config;

#endif
