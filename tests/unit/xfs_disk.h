/* A filesystem of XFS in memory, with each kind of structure in it, for tests that change some of
 * them: "/kernel", "/link" to it in its inode and "/long" in a block, "/some" in its inode,
 * "/alone" in one block, "/leaf" with an index of one block, and "/node" with more, whose extents
 * are in a tree. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_XFS_DISK_H
#define TESTS_UNIT_XFS_DISK_H

#include "tests/unit/fs_disk.h"
#include "tests/unit/xfs_fixture.h"
#include "tests/unit/xfs_mend.h"

struct xfs_disk {
    struct disk disk;               /* first */
    size_t *places[XFS_STRUCTURES]; /* bytes into the disk; owned */
    size_t counts[XFS_STRUCTURES];
};

static inline void find_structures(struct xfs_disk *xfs)
{
    struct disk *disk = &xfs->disk;

    for (size_t at = 0; at < disk->size; at += XFS_INODE_SIZE) {
        const unsigned char *bytes = disk->memory.bytes + at;
        enum xfs_structure structure = xfs_structure_at(bytes);

        if (structure == XFS_NOTHING || (structure == XFS_SUPER && at) ||
            (structure == XFS_INODE && get_be16(bytes + 2) == 0) ||
            (structure != XFS_INODE && at % XFS_PIECE))
            continue;
        size_t count = xfs->counts[structure]++;
        xfs->places[structure] = xreallocarray(xfs->places[structure], count + 1, sizeof(size_t));
        xfs->places[structure][count] = at;
    }
}

/* The place of the block that the first extent of the inode at BYTES begins with. */
static inline size_t first_block(const struct disk *disk, const unsigned char *bytes)
{
    uint64_t start = (get_be64(bytes + 176) & 0x1ff) << 43 | get_be64(bytes + 184) >> 21;
    unsigned log = disk->memory.bytes[124];
    uint64_t group = start >> log, inside = start & ((UINT64_C(1) << log) - 1);

    return (group * get_be32(disk->memory.bytes + 84) + inside) * XFS_PIECE;
}

/* Gives the long link the header that mkfs.xfs leaves out. */
static inline void put_header(struct disk *disk)
{
    for (size_t at = 0; at < disk->size; at += XFS_INODE_SIZE) {
        const unsigned char *inode = disk->memory.bytes + at;
        if (get_be16(inode) != 0x494e || !S_ISLNK(get_be16(inode + 2)) || inode[5] != 2)
            continue;
        size_t place = first_block(disk, inode);
        unsigned char *bytes = disk->memory.bytes + place;
        memmove(bytes + 56, bytes, XFS_PIECE - 56);
        memset(bytes, 0, 56);
        set_field(bytes, 4, 0x58534c4d);
        set_field(bytes + 8, 4, get_be64(inode + 56));
        memcpy(bytes + 16, disk->memory.bytes + 32, 16);
        memcpy(bytes + 32, inode + 152, 8);
        set_field(bytes + 40, 8, place / 512);
        xfs_mend(bytes, XFS_TARGET);
    }
}

/* One filesystem for all tests, with each kind of structure in it. */
static inline int setup_disk(void **state)
{
    struct xfs_disk *xfs = xcalloc(1, sizeof *xfs);
    static const char *const absent[] = {"/node/none", "/leaf/none", "/alone/none", "/some/none"};
    void *fixture;

    setup(&fixture);
    put_file("root/kernel", 5000);
    assert_int_equal(symlink("kernel", "root/link"), 0);
    auto_free char *slashes = text_of('/', 600), *target = xasprintf("%skernel", slashes);
    assert_int_equal(symlink(target, "root/long"), 0);
    put_names("root/some", 3, "name-", "");
    put_names("root/alone", 60, "name-", "");
    put_names("root/leaf", 150, "vmlinuz-", "-with-a-name");
    auto_free char *after = text_of('n', 240);
    put_names("root/node", 600, "name-", after); /* many extents */
    MAKE("24m", "-b", "size=4096");
    load_disk(&xfs->disk, &xfs_filesystem);
    memcpy(xfs->disk.absent, absent, sizeof absent);
    teardown(&fixture);
    put_header(&xfs->disk);
    find_structures(xfs);
    *state = xfs;
    return 0;
}

static inline int teardown_disk(void **state)
{
    struct xfs_disk *xfs = *state;

    for (size_t i = 0; i < XFS_STRUCTURES; i++)
        free(xfs->places[i]);
    end_disk(&xfs->disk);
    free(xfs);
    return 0;
}

#endif
