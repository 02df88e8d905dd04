/* The menu of GRUB legacy (0.97): menu.lst, grub.conf.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB_LEGACY_H
#define FSPROBE_CONFIG_GRUB_LEGACY_H

#include "fsprobe/config/boot_config.h"

/* Entries of one menu, those without a kernel too: a default beyond them names nothing. */
#define LEGACY_ENTRIES_MAX 1000
/* Menus that lead to one another by "configfile", the first one too: how deep, and how many
 * in all. */
#define LEGACY_DEPTH_MAX 4
#define LEGACY_FILES_MAX 16
/* Files that are looked for on partitions other than the menu's. */
#define LEGACY_LOOKUPS_MAX 4096
/* Numbers of one "fallback". */
#define LEGACY_FALLBACKS_MAX 8

extern const struct boot_config grub_legacy_config;

#endif
