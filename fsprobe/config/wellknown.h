/* The well-known names of kernels and ramdisks, for when no configuration is usable.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_WELLKNOWN_H
#define FSPROBE_CONFIG_WELLKNOWN_H

#include "common/memory.h"
#include "fsprobe/config/menu.h"

/* Names that are looked at in one directory: a guest's /boot may hold thousands. */
#define WELLKNOWN_NAMES_MAX 100000
/* Kernels of one directory that are offered, the newest ones, and the ramdisks that are kept
 * to find theirs: a kernel's ramdisk is about as new as itself. */
#define WELLKNOWN_KERNELS_MAX  16
#define WELLKNOWN_RAMDISKS_MAX 64

/* Adds what is found on VOLUME to MENU, best first, wanted set. FAMILY ("sleslike", or NULL) and
 * ARCH ("i386", "x86_64", or NULL) put that family's names first. 0, or -1 with ERR. */
int wellknown_find(struct guest *guest, size_t volume, const char *family, const char *arch,
                   struct menu *menu, struct error *err) must_check;

/* Whether such names come in the place of a boot configuration that boots nothing, for guests of
 * FAMILY (or NULL): YaST writes a menu.lst that cannot be used. */
bool wellknown_replaces(const char *family);

#endif
