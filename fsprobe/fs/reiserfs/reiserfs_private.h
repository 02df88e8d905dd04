/* What the files of this folder share: the opened filesystem, and its bounds.
 *
 * Numbers on the disk are little-endian. Everything is in one tree, ordered by keys: of whose the
 * item is (a file or directory goes by two numbers), where in it, and of which type. A directory's
 * items hold its entries; a file's hold the numbers of its blocks, or bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_REISERFS_REISERFS_PRIVATE_H
#define FSPROBE_FS_REISERFS_REISERFS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/nodes.h"

#define REISERFS_BLOCK_MIN  512
#define REISERFS_BLOCK_MAX  8192
#define REISERFS_HEIGHT_MIN 2 /* levels of the tree, and one */
#define REISERFS_HEIGHT_MAX 6
#define REISERFS_LINK_MAX   4096 /* bytes of a symbolic link */
#define REISERFS_LOG_MIN    3    /* blocks */
#define REISERFS_LOG_MAX    8    /* blocks for each byte that a block has; as Linux has it */

/* What names are hashed with. */
enum reiserfs_hash { REISERFS_TEA = 1, REISERFS_YURA = 2, REISERFS_R5 = 3 };

/* A block of which the log has a newer one. */
struct reiserfs_moved {
    uint32_t home, place;
    uint32_t order; /* of those for one home the last one counts */
};

struct reiserfs {
    struct nodes nodes;    /* first; see nodes.h */
    uint32_t block;        /* bytes */
    uint32_t blocks;       /* of the filesystem */
    uint32_t root;         /* block */
    unsigned height;       /* of the tree */
    uint32_t hash;         /* enum reiserfs_hash; else not known */
    bool old;              /* 3.5 */
    bool log_may_be_other; /* only a log with the superblock's number is its own */
    uint32_t log_first;    /* block */
    uint32_t log_blocks;   /* without its header, which is behind them */
    uint32_t log_device;   /* not 0: the log is on another disk */
    uint32_t log_most;     /* blocks in a transaction; 0: not told */
    uint32_t log_number;
    bool unmounted;
    struct reiserfs_moved *moved; /* by home; owned */
    size_t moved_count;
};

#endif
