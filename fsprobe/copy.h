/* The chosen entry's files, out of the guest's disks into files that eliloader made.
 *
 * Sizes are checked before the first byte is written. Holes stay holes. Several ramdisks become
 * one, as Linux reads a row of cpio archives: each begins at a multiple of 4 bytes, with zeros
 * before it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_COPY_H
#define FSPROBE_COPY_H

#include "common/error.h"
#include "common/helper/report.h"
#include "common/memory.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"

/* Where the next ramdisk begins: a multiple of so many bytes (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format). */
#define COPY_ALIGNMENT 4

struct copy_request {
    bool wanted;
    uint64_t kernel_max, ramdisk_max; /* bytes */
};

/* Which file an error is about; for whoever knows how its limit is raised. */
enum copy_kind { COPY_NONE, COPY_KERNEL, COPY_RAMDISK };

struct copied {
    bool done;
    bool has_ramdisk;         /* false too when all ramdisks together have no byte */
    uint64_t kernel, ramdisk; /* bytes */
    enum copy_kind failed;
};

/* What the files are read and written through; nothing is owned. */
struct copy_place {
    struct guest *guest;
    const int *disks;      /* descriptors, by the guest's number of the disk */
    int kernel, ramdisk;   /* descriptors to write to, of empty files */
    struct report *report; /* told how far it is, where that takes a while */
};

/* Copies the files of ENTRY. 0; or -1 with ERR, which names file and disk (ERROR_LIMITS when it is
 * too large: nothing is written then), and COPIED->failed set. */
int copy_entry(const struct copy_place *place, const struct copy_request *request,
               const struct entry *entry, struct copied *copied, struct error *err) must_check;

#endif
