/* What the files of this folder share: the opened filesystem, and its bounds.
 *
 * Numbers on the disk are little-endian. In front of the clusters, which are numbered from 2, stand
 * one or two tables (the FAT) with an entry for each: the cluster that goes on there. The root
 * directory of FAT12 and FAT16 has a place of its own between these.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_FAT_FAT_PRIVATE_H
#define FSPROBE_FS_FAT_FAT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/nodes.h"

#define FAT_SECTOR_MIN    512
#define FAT_SECTOR_MAX    4096
#define FAT_FIRST         2                        /* number of the first cluster */
#define FAT_12_CLUSTERS   4084                     /* most that a FAT12 has */
#define FAT_16_CLUSTERS   65524                    /* and a FAT16 */
#define FAT_32_CLUSTERS   0x0ffffff4               /* and a FAT32 */
#define FAT_ENTRY_SIZE    32                       /* of a directory */
#define FAT_DIRECTORY_MAX (65536 * FAT_ENTRY_SIZE) /* bytes; FAT's own bound */
#define FAT_WINDOW        1024                     /* bytes of the table that are held */

struct fat {
    struct nodes nodes; /* first; see nodes.h */
    unsigned bits;      /* of a table's entry: 12, 16, 32 */
    uint32_t cluster;   /* bytes of one */
    uint32_t clusters;  /* how many; the last one's number is one more */
    /* All in bytes into the volume. */
    uint64_t table_at, table_end; /* the table that counts */
    uint64_t root_at;             /* FAT12, FAT16 */
    uint64_t data_at;             /* of the first cluster */
    uint32_t root_size;           /* bytes; FAT12, FAT16 */
    uint32_t root;                /* cluster; FAT32, else 0 */
    /* The part of the table that was looked at last. */
    uint64_t window_at;
    size_t window_length; /* 0: none yet */
    unsigned char window[FAT_WINDOW + 1];
};

#endif
