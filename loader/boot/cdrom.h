/* The CD from which a VM is installed: where it is, and what it boots by itself.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_CDROM_H
#define LOADER_BOOT_CDROM_H

#include <stddef.h>

#include "common/error.h"
#include "loader/boot/attempt.h"
#include "loader/boot/context.h"

/* Starts zeroed; freed by cdrom_free(). */
struct cdrom {
    char **disks; /* paths; of several, one holds the CD */
    size_t count; /* 0: the repository is no CD */
    char *folder; /* in the CD, where its tree begins; NULL: its root */
};
void cdrom_free(struct cdrom *cdrom);

/* Where the CD is that REPOSITORY, an install-repository, means: "cdrom" is one of the disks that
 * the toolstack names, and "cdrom:/PATH", with ":/FOLDER" behind it or not, an image or a device of
 * dom0, which only root may name: under xl, nobody tells of any disk but the first. 1: found; 0:
 * REPOSITORY is no CD; -1 with ERR. */
int cdrom_find(const struct boot_context *boot, const char *repository, struct cdrom *cdrom,
               struct error *err) must_check;

/* What the CD itself would boot, by pygrub where BOOT's choice and this host have it, else, or
 * where that finds nothing, by its own isolinux or GRUB menu as we read it, into ATTEMPT, whose
 * args are the entry's with ARGS behind them. 0; or -1 with ERR. The caller frees ATTEMPT in both
 * cases. */
int cdrom_boot_menu(const struct boot_context *boot, const struct cdrom *cdrom, const char *args,
                    struct attempt *attempt, struct error *err) must_check;

#endif
