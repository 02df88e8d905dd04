/* The bounds of the search by well-known names; its function stands in menu.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_WELLKNOWN_H
#define FSPROBE_CONFIG_WELLKNOWN_H

/* Names that are looked at in one directory: a guest's /boot may hold thousands. */
#define WELLKNOWN_NAMES_MAX 100000
/* Kernels of one directory that are offered, the newest ones, and the ramdisks that are kept
 * to find theirs: a kernel's ramdisk is about as new as itself. */
#define WELLKNOWN_KERNELS_MAX  16
#define WELLKNOWN_RAMDISKS_MAX 64

#endif
