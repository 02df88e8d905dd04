/* A guest's disk: its partition table (by libblkid), and what each partition holds.
 *
 * GPT and MBR ("dos") tables are read, GPT from the backup when the first header is damaged,
 * MBR with logical partitions; any other table counts as none. Sectors of 512 and 4096 bytes
 * are both tried, for a file does not say which it has.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_DISK_H
#define FSPROBE_DISK_DISK_H

#include <blkid/blkid.h>
#include <stdint.h>

#include "common/error.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

/* Entries of a GPT: a table that claims more is not read. Everybody writes 128. */
#define DISK_GPT_ENTRIES_MAX 1024
/* Links of an MBR's chains of logical partitions: a table with more is not read. */
#define DISK_LOGICAL_MAX 256

enum table { TABLE_NONE, TABLE_DOS, TABLE_GPT };

struct disk {
    int fd;           /* not owned */
    const char *name; /* not owned */
    uint64_t size;    /* bytes */
    unsigned sector;  /* bytes */
    enum table table;
    blkid_probe probe;
};

/* Before confinement, for libblkid opens files in /sys here; nothing of the disk is read. 0;
 * or -1 with ERR. */
int disk_prepare(struct disk *disk, int fd, const char *name, struct error *err) must_check;
/* Finds the volumes of DISK, the guest's disk number NUMBER, and adds them to GUEST in the
 * order of their numbers; filesystems are identified, not opened. Damage goes into PROBLEMS,
 * with the disk's name; it is never an error. */
void disk_scan(struct disk *disk, unsigned number, struct guest *guest, struct problems *problems);
/* Frees what disk_prepare() made; the descriptor stays open. */
void disk_free(struct disk *disk);

/* "gpt", "dos", "none" */
const char *disk_table_name(enum table table);
/* A volume of SIZE bytes from OFFSET of DISK, both inside of it, which is partition PARTITION (0:
 * none) of the guest's disk number NUMBER; its reads are charged to BUDGET. What it holds is
 * identified, where it can be read. The caller frees it by volume_free(). */
struct volume disk_volume(const struct disk *disk, unsigned number, unsigned partition,
                          uint64_t offset, uint64_t size, uint64_t *budget) must_check;

#endif
