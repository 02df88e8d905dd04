/* The superblock, checked before libext2fs sees it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_SUPER_H
#define FSPROBE_FS_EXT_EXT_SUPER_H

#include "fsprobe/fs/ext/ext_private.h"

/* What is known of a filesystem before libext2fs is. */
struct ext_shape {
    unsigned block_size, inode_size; /* bytes */
    /* The group descriptors have to be read when it is opened: libext2fs 1.47 looks for a single
     * one of them a block too early where clusters (bigalloc) meet blocks of 1 KiB. */
    bool descriptors_first;
};

/* Checks the 1024 bytes of a superblock for all that libext2fs divides by, allocates by or
 * shifts by. 0, or -1 with ERR. */
int ext_super_check(const unsigned char *bytes, struct ext_shape *shape,
                    struct error *err) must_check;

#endif
