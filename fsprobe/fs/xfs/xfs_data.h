/* The blocks of a directory, and the entries in those of its data.
 *
 * A directory is a file: its entries from byte 0 on, an index of their hashes from 32 GiB on, and
 * what free room there is from 64 GiB on, each only where it is needed. Its blocks are of one size,
 * of one or more blocks of the filesystem.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_XFS_XFS_DATA_H
#define FSPROBE_FS_XFS_XFS_DATA_H

#include "fsprobe/fs/xfs/xfs_inode.h"

struct xfs_entry {
    const char *name; /* in the block or inode that it was found in */
    size_t length;    /* 1 to 255 bytes */
    uint64_t inode;
    size_t step; /* bytes from this entry to the next */
};

static inline size_t xfs_directory_block(const struct xfs *xfs)
{
    return (size_t)1 << xfs->directory_log;
}

/* The block of DIRECTORY that begins with block FIRST of the file into BYTES
 * (xfs_directory_block() of them), not verified, and its PLACE in the volume. 1 read, 0 there is
 * none, -1 with ERR. */
int xfs_directory_read(struct xfs *xfs, const struct xfs_inode *directory, uint64_t first,
                       unsigned char *bytes, uint64_t *place, struct error *err) must_check;

/* The same for block NUMBER (from 0) of entries, verified; they stand from *BEGIN to *END. *ALONE:
 * this block is the whole directory, with its index in itself. */
int xfs_data_read(struct xfs *xfs, const struct xfs_inode *directory, uint64_t number,
                  unsigned char *bytes, size_t *begin, size_t *end, bool *alone,
                  struct error *err) must_check;

/* The entry at AT of a block of entries that ends at END. 1 found, 0 it is free room (only STEP is
 * set), -1 with ERR. */
int xfs_entry_at(const struct xfs *xfs, const struct xfs_inode *directory,
                 const unsigned char *bytes, size_t at, size_t end, struct xfs_entry *entry,
                 struct error *err) must_check;

/* How many blocks of entries there are at most, with holes among them; -1 with ERR when
 * DIRECTORY is too large. */
int64_t xfs_data_count(const struct xfs *xfs, const struct xfs_inode *directory,
                       struct error *err) must_check;

#endif
