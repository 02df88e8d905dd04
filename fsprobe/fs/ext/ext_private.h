/* ext2, ext3 and ext4, read through libext2fs: what the files of this folder share.
 *
 * libext2fs gives the superblock, the inodes, the maps from a file's blocks to the disk's,
 * the directory hash and all checksums. What it would do on sizes that the image dictates
 * (following links, walking directories, inline data) is done here, with bounds.
 *
 * Checksums (metadata_csum) are verified: what fails them, the guest's own kernel would
 * refuse to read too, and a loader that takes it anyway would hide the damage.
 *
 * Format: the kernel's Documentation/filesystems/ext4, and e2fsprogs' ext2_fs.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_PRIVATE_H
#define FSPROBE_FS_EXT_EXT_PRIVATE_H

#include <ext2fs/ext2fs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/source.h"

#define EXT_EXTENT_DEPTH  5                  /* levels of an extent tree; the kernel's bound */
#define EXT_DIRECTORY_MAX (16 * 1024 * 1024) /* bytes of one directory */
#define EXT_CACHE_BLOCKS  16
/* Group descriptors that are read at once, where that has to be: 4 TiB of filesystem. */
#define EXT_DESCRIPTORS_MAX (16 * 1024 * 1024)
#define EXT_SMALL_KEPT      8                 /* directories of one block that are kept */
#define EXT_KEPT_MAX        (2 * 1024 * 1024) /* bytes of a directory that are kept */
#define EXT_AHEAD_BYTES     (64 * 1024)       /* read at once, after so many blocks in a row: */
#define EXT_AHEAD_AFTER     4

/* A block whose newest content still stands in the journal. */
struct ext_replay {
    uint64_t block;    /* of the filesystem */
    uint64_t copy;     /* where its content is: a block of the filesystem, too */
    uint32_t sequence; /* of the transaction */
    bool escaped;      /* its first four bytes were replaced, see JBD2's tag flags */
};

struct ext_cached {
    uint64_t block;
    uint64_t used; /* 0: empty; else a clock, the smallest is thrown out */
    unsigned char *data;
};

/* Where a filesystem's bytes come from: its volume's, and the journal laid over them. */
struct ext_source {
    struct source *base; /* the volume's; not owned */
    unsigned block_size;
    bool descriptors_first;    /* see ext_super_check() */
    struct error failure;      /* why the last read failed, where we know better than a number */
    struct ext_replay *replay; /* sorted by block; owned */
    size_t replay_count;
    struct ext_cached cache[EXT_CACHE_BLOCKS];
    uint64_t clock;
    /* Blocks read ahead of a reader that goes on and on, as through a large directory. */
    unsigned char *ahead;
    uint64_t ahead_first;
    unsigned ahead_count;
    uint64_t last_missed;
    unsigned in_a_row;
};

/* One opened filesystem: a volume's `state`. */
struct ext {
    struct ext_source source;
    ext2_filsys fs;
    unsigned inode_size;
    /* The blocks, as far as they were read, of the directory that was last searched from its
     * start: one without an index is searched again for the next name. */
    ext2_ino_t kept_number; /* 0: none */
    struct buffer kept;
    /* Directories of one block, their checksums verified, each in the place that its number gives
     * it: "/boot" is searched once for each name that might be there. */
    struct ext_small {
        ext2_ino_t number;    /* 0: none */
        unsigned char *block; /* owned */
    } small[EXT_SMALL_KEPT];
};

struct ext_node {
    ext2_ino_t number;
    struct ext2_inode *inode; /* inode_size bytes, owned */
};
#define EXT_NODE_INIT \
    (struct ext_node) \
    {                 \
        0, NULL       \
    }

#endif
