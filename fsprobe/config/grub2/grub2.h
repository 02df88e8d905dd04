/* GRUB 2's grub.cfg.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_GRUB2_H
#define FSPROBE_CONFIG_GRUB2_GRUB2_H

#include "fsprobe/config/boot_config.h"

extern const struct boot_config grub2_config;

#endif
