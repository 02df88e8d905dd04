/* Inodes. See xfs_inode.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_inode.h"

#include <string.h>
#include <sys/stat.h>

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/xfs/xfs_block.h"

enum {
    MAGIC_AT = 0,
    MODE_AT = 2,
    VERSION_AT = 4,
    FORMAT_AT = 5,
    WIDE_EXTENTS_AT = 24,
    SIZE_AT = 56,
    EXTENTS_AT = 76,
    FORK_AT = 82, /* where the attributes begin, in 8 bytes behind the core; 0: there are none */
    FLAGS_AT = 90,
    CORE_SIZE = 100,
    /* of version 3 */
    CRC_AT = 100,
    FLAGS_2_AT = 120,
    NUMBER_AT = 152,
    UUID_AT = 160,
    CORE_3_SIZE = 176,
};

#define MAGIC              0x494e /* "IN" */
#define FLAG_REALTIME      0x1
#define FLAG_2_WIDE_COUNTS 0x10

static int bad(const struct xfs_inode *inode, const char *what, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "inode %llu %s", (unsigned long long)inode->number, what);
}

static int check_identity(const struct xfs *xfs, const struct xfs_inode *inode,
                          const unsigned char *bytes, struct error *err)
{
    if (get_be16(bytes + MAGIC_AT) != MAGIC)
        return bad(inode, "is none", err);
    if (!xfs->checked)
        return bytes[VERSION_AT] == 1 || bytes[VERSION_AT] == 2
                   ? 0
                   : bad(inode, "is of an unknown version", err);
    if (bytes[VERSION_AT] != 3)
        return bad(inode, "is of an unknown version", err);
    if (!xfs_sum_holds(bytes, (size_t)1 << xfs->inode_log, CRC_AT))
        return bad(inode, "has a wrong checksum", err);
    if (get_be64(bytes + NUMBER_AT) != inode->number)
        return bad(inode, "says that it is another one", err);
    if (memcmp(bytes + UUID_AT, xfs->uuid, sizeof xfs->uuid) != 0)
        return bad(inode, "says that it is of another filesystem", err);
    return 0;
}

static enum node_kind kind_of(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return NODE_FILE;
    case S_IFDIR:
        return NODE_DIRECTORY;
    case S_IFLNK:
        return NODE_LINK;
    default:
        return NODE_OTHER;
    }
}

static int take_fork(const struct xfs *xfs, struct xfs_inode *inode, const unsigned char *bytes,
                     struct error *err)
{
    size_t core = xfs->checked ? CORE_3_SIZE : CORE_SIZE;
    size_t room = ((size_t)1 << xfs->inode_log) - core;
    size_t fork = bytes[FORK_AT] ? 8 * (size_t)bytes[FORK_AT] : room;

    if (fork > room)
        return bad(inode, "has its attributes behind its end", err);
    inode->fork_length = fork;
    memcpy(inode->fork, bytes + core, fork);
    return 0;
}

static int take_counts(const struct xfs *xfs, struct xfs_inode *inode, const unsigned char *bytes,
                       struct error *err)
{
    inode->size = get_be64(bytes + SIZE_AT);
    if (inode->size > INT64_MAX)
        return bad(inode, "has an impossible size", err);
    inode->extents = get_be32(bytes + EXTENTS_AT);
    if (xfs->checked && get_be64(bytes + FLAGS_2_AT) & FLAG_2_WIDE_COUNTS) {
        if (!xfs->wide_counts)
            return bad(inode, "counts its extents as this filesystem does not", err);
        inode->extents = get_be64(bytes + WIDE_EXTENTS_AT);
    }
    if (inode->format == XFS_LOCAL && inode->size > inode->fork_length)
        return bad(inode, "has more data than room for it", err);
    if (inode->format == XFS_EXTENTS && inode->extents > inode->fork_length / 16)
        return bad(inode, "has more extents than room for them", err);
    return 0;
}

int xfs_inode_load(struct xfs *xfs, uint64_t number, struct xfs_inode *inode, struct error *err)
{
    unsigned char bytes[1 << XFS_INODE_LOG_MAX];
    uint64_t place;

    *inode = (struct xfs_inode){.number = number};
    if (!xfs_inode_place(xfs, number, &place))
        return bad(inode, "is outside the filesystem", err);
    if (block_cache_read(xfs->nodes.cache, place, bytes, (size_t)1 << xfs->inode_log, err) < 0 ||
        check_identity(xfs, inode, bytes, err) < 0)
        return -1;
    if (get_be16(bytes + MODE_AT) == 0)
        return bad(inode, "is free", err);
    inode->kind = kind_of(get_be16(bytes + MODE_AT));
    if (inode->kind == NODE_OTHER)
        return 0;
    inode->format = bytes[FORMAT_AT];
    if (inode->format < XFS_LOCAL || inode->format > XFS_TREE ||
        (inode->format == XFS_LOCAL && inode->kind == NODE_FILE))
        return bad(inode, "keeps its data in no known way", err);
    inode->realtime = get_be16(bytes + FLAGS_AT) & FLAG_REALTIME;
    if (take_fork(xfs, inode, bytes, err) < 0)
        return -1;
    return take_counts(xfs, inode, bytes, err);
}
