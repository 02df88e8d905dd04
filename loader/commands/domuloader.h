/* domUloader's --entry.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_DOMULOADER_H
#define LOADER_COMMANDS_DOMULOADER_H

#include <stdbool.h>

#include "common/error.h"
#include "common/memory.h"

/* The highest number of a partition that a device's name may end in. */
#define DOMULOADER_PARTITION_MAX 1024

/* [DEV:]KERNEL[,RAMDISK], taken apart. */
struct domuloader_entry {
    unsigned partition; /* that DEV names by its number; 0: none */
    char *kernel;       /* absolute in the filesystem; owned */
    char *ramdisk;      /* likewise; or NULL */
};
void domuloader_entry_free(struct domuloader_entry *entry);
#define auto_domuloader_entry __attribute__((cleanup(domuloader_entry_free)))

/* Takes TEXT apart into ENTRY, which it initialises. DEV is what stands before the first ':', if it
 * is the name of a device (xvda2, /dev/xvda2). 0; or -1 with ERROR_USAGE. */
int domuloader_parse(const char *text, struct domuloader_entry *entry,
                     struct error *err) must_check;

/* The number of the partition that the guest's name of a device ends in: 2 of xvda2, nvme0n1p2 and
 * mmcblk0p2; 0 of a whole disk, as xvda and nvme0n1 are. False when the number is 0 or more than
 * DOMULOADER_PARTITION_MAX. */
bool domuloader_partition(const char *device, unsigned *number) must_check;

#endif
