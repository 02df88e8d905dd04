/* The bounds of XFS's reader, one by one: at the bound, and one behind it. The checksums are put
 * right each time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_private.h"
#include "tests/unit/xfs_disk.h"

#define BLOCK 4096

/* The structure at PLACE with the field at AT changed to VALUE: the first error is WHY (NULL: there
 * is none). */
static void check_field(struct disk *disk, enum xfs_structure structure, size_t place, size_t at,
                        unsigned width, uint64_t value, const char *why, int line)
{
    unsigned char *bytes = disk->memory.bytes + place;
    uint64_t is = field(bytes + at, width);

    set_field(bytes + at, width, value);
    xfs_mend(bytes, structure);
    const char *error = look(disk);
    set_field(bytes + at, width, is);
    xfs_mend(bytes, structure);
    if (why ? !error || !strstr(error, why) : error != NULL)
        fail_msg("line %d: %s", line, error ? error : "no error");
}
#define SUPER(at, width, value, why) \
    check_field(disk, XFS_SUPER, 0, at, width, value, why, __LINE__)

/* The place of the inode of the symbolic link that keeps its target in FORMAT. */
static size_t inode_of_link(struct xfs_disk *xfs, unsigned format)
{
    for (size_t i = 0; i < xfs->counts[XFS_INODE]; i++) {
        const unsigned char *inode = xfs->disk.memory.bytes + xfs->places[XFS_INODE][i];
        if (S_ISLNK(get_be16(inode + 2)) && inode[5] == format)
            return xfs->places[XFS_INODE][i];
    }
    fail();
    return 0;
}

/* The place of the inode of PATH. */
static size_t inode_of(struct xfs_disk *xfs, const char *path)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;
    struct node node;

    xfs->disk.budget = BUDGET;
    assert_int_equal(xfs_filesystem.open(NULL, &xfs->disk.volume, &note, &err), 0);
    assert_int_equal(nodes_find(xfs->disk.volume.state, path, &node, &err), 1);
    xfs_filesystem.close(&xfs->disk.volume);
    for (size_t i = 0; i < xfs->counts[XFS_INODE]; i++)
        if (field(xfs->disk.memory.bytes + xfs->places[XFS_INODE][i] + 152, 8) == node.id[0])
            return xfs->places[XFS_INODE][i];
    fail();
    return 0;
}
#define INODE(path, at, width, value, why) \
    check_field(disk, XFS_INODE, inode_of(xfs, path), at, width, value, why, __LINE__)

#define LINK(format, at, width, value, why) \
    check_field(disk, XFS_INODE, inode_of_link(xfs, format), at, width, value, why, __LINE__)

static uint64_t super_field(const struct disk *disk, size_t at, unsigned width)
{
    return field(disk->memory.bytes + at, width);
}

static void versions_and_features(void **state)
{
    struct disk *disk = *state;
    uint64_t version = super_field(disk, 100, 2), incompat = super_field(disk, 216, 4);

    SUPER(0, 4, 0x58465343, "there is no superblock of XFS");
    SUPER(100, 2, (version & ~UINT64_C(15)) | 3, "it is of version 3, which is not known here");
    SUPER(100, 2, (version & ~UINT64_C(15)) | 6, "it is of version 6, which is not known here");
    SUPER(100, 2, version & ~UINT64_C(0x2000), "its directories are of version 1");
    SUPER(126, 1, 1, "cannot read the XFS of the image: it was never made to the end");
    SUPER(216, 4, incompat | 0x1c0, NULL);
    SUPER(216, 4, incompat | 0x200, "it has features that are not known here (0x200)");
    SUPER(216, 4, incompat | 0x80000400, "it has features that are not known here (0x80000400)");
    SUPER(212, 4, UINT32_MAX, NULL); /* for who writes */
    SUPER(216, 4, incompat | 4, "another filesystem");
}

static void sizes(void **state)
{
    struct disk *disk = *state;
    uint64_t groups = super_field(disk, 88, 4), blocks = super_field(disk, 8, 8);
    uint64_t group_blocks = super_field(disk, 84, 4);

    SUPER(4, 4, 8192, "its block size is 8192");
    SUPER(120, 1, 13, "its block size is 4096");
    SUPER(122, 1, 7, "its inode size is 512");
    SUPER(104, 2, 1024, "its inode size is 1024");
    SUPER(123, 1, 4, "its number of inodes per block");
    SUPER(102, 2, 256, "its sector size is 256");
    SUPER(121, 1, 16, "its sector size is 512");
    SUPER(192, 1, XFS_BLOCK_LOG_MAX - 12 + 1, "its directory block size (a power of two) is 5");
    SUPER(8, 8, groups * group_blocks, NULL);
    SUPER(8, 8, groups * group_blocks + 1, "its number of groups");
    SUPER(8, 8, (groups - 1) * group_blocks, "its number of groups");
    SUPER(88, 4, groups + 1, "its number of groups");
    SUPER(88, 4, 0, "its number of groups is 0");
    SUPER(84, 4, 0, "its number of blocks per group is 0");
    SUPER(84, 4, (XFS_GROUP_BYTES_MAX >> 12) + 1, "its number of blocks per group");
    SUPER(84, 4, XFS_GROUP_BYTES_MAX >> 12, "its number of bits of a block's number");
    SUPER(124, 1, super_field(disk, 124, 1) + 1, "its number of bits of a block's number");
    SUPER(124, 1, super_field(disk, 124, 1) - 1, "its number of bits of a block's number");
    SUPER(124, 1, 64, "its number of bits of a block's number is 64");
    SUPER(56, 8, blocks << 3, "is outside the filesystem");
    SUPER(56, 8, 7, "inode 7 is outside the filesystem"); /* in the group's headers */
}

static void inodes(void **state)
{
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;

    INODE("/kernel", 90, 2, 1, "is on the realtime device, which is not read");
    INODE("/kernel", 5, 1, 1, "keeps its data in no known way");
    INODE("/kernel", 5, 1, 0, "keeps its data in no known way");
    INODE("/some", 5, 1, 4, "keeps its data in no known way");
    INODE("/kernel", 2, 2, 0, "is free");
    INODE("/kernel", 4, 1, 2, "is of an unknown version");
    INODE("/kernel", 56, 8, UINT64_C(1) << 63, "has an impossible size");
    INODE("/kernel", 56, 8, INT64_MAX, NULL); /* a hole */
    INODE("/kernel", 76, 4, 21, "has an extent of no length");
    INODE("/kernel", 76, 4, 22, "has more extents than room for them");
    INODE("/kernel", 120, 8, 0x10, "counts its extents as this filesystem does not");
    INODE("/some", 56, 8, 336, NULL); /* all the room there is */
    INODE("/some", 56, 8, 337, "has more data than room for it");
    INODE("/some", 56, 8, 5, "is shorter than its header");
    INODE("/some", 176, 1, 255, "has an entry");
    LINK(1, 56, 8, 337, "has more data than room for it");
    LINK(1, 5, 1, 3, "has a tree of extents");
    LINK(2, 56, 8, XFS_LINK_MAX, "has pieces that do not fit together");
    LINK(2, 56, 8, XFS_LINK_MAX + 1, "has an impossible length");
    LINK(2, 76, 4, 0, "has a hole");
    LINK(2, 90, 2, 1, "is on the realtime device");
    LINK(1, 56, 8, 0, "has an impossible length");
    INODE("/alone", 56, 8, 2 * BLOCK, "is not as large as it says");
    INODE("/leaf", 56, 8, XFS_DIRECTORY_MAX, NULL); /* holes */
    INODE("/leaf", 56, 8, XFS_DIRECTORY_MAX + BLOCK, "has more than 16777216 bytes");
    INODE("/leaf", 56, 8, BLOCK + 1, "is not as large as it says");
    INODE("/node", 176, 2, 0, "has a tree of extents with a wrong level");
    INODE("/node", 176, 2, 2, "has a tree of extents with a wrong level");
    INODE("/node", 176, 2, XFS_TREE_LEVELS_MAX, "has a tree of extents with a wrong level");
    INODE("/node", 178, 2, 0, "has a tree of extents with a wrong count");
    INODE("/node", 178, 2, 21, "has a tree of extents");
}

static void blocks(void **state)
{
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;
    size_t branch = xfs->places[XFS_BRANCH][0], node = xfs->places[XFS_NODE][0];
    size_t alone = xfs->places[XFS_ALONE][0];

#define BRANCH(at, width, value, why) \
    check_field(disk, XFS_BRANCH, branch, at, width, value, why, __LINE__)
#define NODE(at, width, value, why) \
    check_field(disk, XFS_NODE, node, at, width, value, why, __LINE__)
#define ALONE(at, width, value, why) \
    check_field(disk, XFS_ALONE, alone, at, width, value, why, __LINE__)
    BRANCH(6, 2, 0, "wrong count");
    BRANCH(6, 2, (BLOCK - 72) / 16 + 1, "wrong count");
    BRANCH(4, 2, 1, "wrong level");
    BRANCH(80, 8, 0, "has an extent of no length");
    BRANCH(88, 8, 0, "has its extents in disorder");
    BRANCH(80, 8, UINT64_MAX, "outside the filesystem");
    NODE(56, 2, (BLOCK - 64) / 8 + 1, "has a wrong count");
    NODE(58, 2, 0, "has a wrong level");
    NODE(58, 2, 2, "has a wrong level");
    NODE(58, 2, XFS_INDEX_LEVELS_MAX + 1, "has a wrong level");
    NODE(68, 4, 0, "leads out of itself");
    NODE(68, 4, UINT32_MAX, "leads out of itself");
    NODE(68, 4, 0x900000, "leads into a hole");
    NODE(68, 4, 0x800000, "has a wrong level"); /* to itself */
    ALONE(BLOCK - 8, 4, (BLOCK - 64 - 8) / 8 + 1, "is not as large as it says");
    ALONE(72, 1, 0, "has an entry without a name");
    ALONE(64, 8, UINT64_C(0xffff000800000000), "does not say where it is");
    ALONE(64, 8, UINT64_C(0xffff000000000000), "across the end of its block");
    ALONE(64, 8, UINT64_C(0xffff000c00000000), "across the end of its block");
}

/* A leaf that is followed by itself, and all of whose names have the hash of "none". */
static void index_goes_round(void **state)
{
    struct xfs_disk *xfs = *state;
    struct disk *disk = &xfs->disk;
    unsigned char *leaf = disk->memory.bytes + xfs->places[XFS_LEAF][0], kept[BLOCK];
    const uint32_t hash = 'n' << 21 ^ 'o' << 14 ^ 'n' << 7 ^ 'e';

    memcpy(kept, leaf, sizeof kept);
    set_field(leaf, 4, 0x800000);
    for (unsigned i = 0; i < field(leaf + 56, 2); i++) {
        set_field(leaf + 64 + 8 * i, 4, hash);
        set_field(leaf + 64 + 8 * i + 4, 4, 0);
    }
    xfs_mend(leaf, XFS_LEAF);
    look(disk);
    assert_true(disk->budget > BUDGET / 2);
    /* among others: its names are not found */
    bool told = false;
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;
    struct file_status status;
    assert_int_equal(xfs_filesystem.open(NULL, &disk->volume, &note, &err), 0);
    assert_int_equal(xfs_filesystem.status(&disk->volume, "/leaf/none", &status, &err), -1);
    told = strstr(err.text, "has too many names of one hash") != NULL;
    xfs_filesystem.close(&disk->volume);
    assert_true(told);
    memcpy(leaf, kept, sizeof kept);
}

static void check_note(struct disk *disk, const char *why)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;

    disk->budget = BUDGET;
    xfs_mend(disk->memory.bytes, XFS_SUPER);
    assert_int_equal(xfs_filesystem.open(NULL, &disk->volume, &note, &err), 0);
    xfs_filesystem.close(&disk->volume);
    if (why ? !note || !strstr(note, why) : note != NULL)
        fail_msg("%s", note ? note : "no note");
}

/* What a person is told though the files are read. */
static void notes(void **state)
{
    struct disk *disk = *state;
    unsigned char kept[BLOCK];

    memcpy(kept, disk->memory.bytes, sizeof kept);
    check_note(disk, NULL);
    set_field(disk->memory.bytes + 216, 4, super_field(disk, 216, 4) | 0x10);
    check_note(disk, "the XFS of the image is marked as one that xfs_repair must see to");
    memcpy(disk->memory.bytes, kept, sizeof kept);
    set_field(disk->memory.bytes + 48, 8, 0);
    check_note(disk, "cannot be told from its log: it is on another disk");
    memcpy(disk->memory.bytes, kept, sizeof kept);
    set_field(disk->memory.bytes + 96, 4, UINT32_MAX);
    check_note(disk, "cannot be told from its log: it is outside the filesystem");
    memcpy(disk->memory.bytes, kept, sizeof kept);
    set_field(disk->memory.bytes + 96, 4, 0);
    check_note(disk, "cannot be told from its log: it is too short");
    memcpy(disk->memory.bytes, kept, sizeof kept);
    check_note(disk, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_and_features),
        cmocka_unit_test(sizes),
        cmocka_unit_test(inodes),
        cmocka_unit_test(blocks),
        cmocka_unit_test(index_goes_round),
        cmocka_unit_test(notes),
    };

    return cmocka_run_group_tests(tests, setup_disk, teardown_disk);
}
