/* The superblock of a member of an md array: versions 0.90, 1.0, 1.1 and 1.2.
 *
 * Format: the kernel's include/uapi/linux/raid/md_p.h and Documentation/admin-guide/md.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_MD_SUPER_H
#define FSPROBE_DISK_MD_SUPER_H

#include <stdbool.h>

#include "fsprobe/fs/source.h"

#define MD_NAME_LENGTH 32
/* Devices that one superblock has room for. */
#define MD_DEVICES_MAX 384
/* md's own limit to a chunk; above it nothing is computed with. Bytes. */
#define MD_CHUNK_MAX (UINT64_C(1) << 30)

#define MD_ROLE_SPARE  0xffff
#define MD_ROLE_FAULTY 0xfffe
#define MD_ROLES_MAX   0xfffd /* from here on a role is none of the array's data */

#define MD_LEVEL_LINEAR    (-1)
#define MD_LEVEL_MULTIPATH (-4)
#define MD_LEVEL_CONTAINER (-100)

struct md_super {
    bool old;       /* 0.90 */
    unsigned minor; /* of version 1: 0, 1, 2 */
    unsigned char uuid[16];
    char name[MD_NAME_LENGTH + 1]; /* "host:boot"; "" of 0.90 */
    int level;
    uint32_t layout;
    uint64_t chunk;       /* bytes; 0: none */
    unsigned raid_disks;  /* members that the array has when it is whole */
    uint64_t size;        /* bytes of each member that the array uses; 0 where they differ */
    uint64_t data_offset; /* bytes into the member */
    uint64_t data_size;   /* bytes */
    uint64_t events;      /* the more, the newer */
    unsigned number;      /* this member's, an index into the roles */
    bool recovering;      /* it has not everything yet */
    bool reshaping;       /* the array is being made into one of another shape */
    bool bad_blocks;      /* some of its blocks are known not to hold what they should */
    bool replacement;     /* it is about to take another one's place */
    bool has_layout;      /* raid0: the layout of members of several sizes is said */
    unsigned role_count;
    uint16_t roles[MD_DEVICES_MAX]; /* of all members, by their numbers */
};

/* Looks for a superblock of any version in SOURCE. 1 found and sound; 0 there is none, or nothing
 * can be read; -1 with ERR when there is one that is damaged: why, and not of what. */
int md_super_read(struct source *source, struct md_super *super, struct error *err) must_check;

#endif
