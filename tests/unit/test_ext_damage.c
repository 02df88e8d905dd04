/* ext4 with damage, and with its checksums (metadata_csum) put right behind it: whatever a field of
 * the superblock, of a group, of inodes, directories and trees of extents says, the reader ends
 * with an answer or a sentence, and what it answers is inside the filesystem.
 *
 * Format of the checksums: the kernel's Documentation/filesystems/ext4, "Checksums".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ext2fs/ext2fs.h>

#include "common/bytes.h"
#include "common/crc32c.h"
#include "fsprobe/fs/ext/ext.h"
#include "tests/unit/damage.h"
#include "tests/unit/fs_disk.h"

#define BLOCK          1024
#define INODE          256
#define SUPER          1024
#define STRUCTURES_MAX 64
#define LEAVES         4 /* of directories, which are alike: so many are enough where it is not LONG */

enum kind { SUPERBLOCK, GROUP, INODE_OF, LEAF, INDEX, EXTENTS };

/* Something with a checksum of its own. */
struct structure {
    enum kind kind;
    size_t at, length;
    uint32_t number; /* the inode's */
};

struct ext_disk {
    struct disk disk; /* first */
    struct structure structures[STRUCTURES_MAX];
    size_t count;
    size_t inodes;  /* where the table of the first group is */
    uint32_t inode; /* whose blocks are being added */
    bool indexed;
};

static void add(struct ext_disk *ext, enum kind kind, size_t at, size_t length, uint32_t number)
{
    assert_true(ext->count < STRUCTURES_MAX && at + length <= ext->disk.size);
    ext->structures[ext->count++] = (struct structure){kind, at, length, number};
}

/* --- checksums ----------------------------------------------------------------------------- */

static void put_le32(unsigned char *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

static unsigned char *inode_at(const struct ext_disk *ext, uint32_t number)
{
    return ext->disk.memory.bytes + ext->inodes + (size_t)(number - 1) * INODE;
}

static uint32_t seed_of(const struct ext_disk *ext)
{
    return crc32c(UINT32_MAX, ext->disk.memory.bytes + SUPER + 104, 16);
}

/* What the checksums of an inode and of all its blocks begin with. */
static uint32_t inode_seed(const struct ext_disk *ext, uint32_t number)
{
    unsigned char bytes[4];

    put_le32(bytes, number);
    return crc32c(crc32c(seed_of(ext), bytes, 4), inode_at(ext, number) + 100, 4);
}

static void mend_inode(const struct ext_disk *ext, const struct structure *one)
{
    unsigned char *inode = inode_at(ext, one->number);

    memset(inode + 124, 0, 2);
    memset(inode + 130, 0, 2);
    uint32_t crc = crc32c(inode_seed(ext, one->number), inode, INODE);
    inode[124] = (unsigned char)crc, inode[125] = (unsigned char)(crc >> 8);
    inode[130] = (unsigned char)(crc >> 16), inode[131] = (unsigned char)(crc >> 24);
}

/* Where the checksums of a block stand that tell by numbers inside how much room there is. (What
 * one says that is damaged is not followed: nothing else may be written over.) */
#define INDEX_HEAD   32
#define INDEX_TAIL   (INDEX_HEAD + (BLOCK - INDEX_HEAD - 8) / 8 * 8)
#define EXTENTS_TAIL (12 + (BLOCK - 12) / 12 * 12)

/* The first block of a directory's index: behind "." and ".." and its own head, as many entries as
 * it says, and at the end of the room for them the checksum. */
static void mend_index(unsigned char *block, uint32_t seed)
{
    size_t used = INDEX_HEAD + (size_t)get_le16(block + 34) * 8;
    static const unsigned char none[4];

    if (used > INDEX_TAIL)
        return;
    uint32_t crc = crc32c(crc32c(seed, block, used), block + INDEX_TAIL, 4);
    put_le32(block + INDEX_TAIL + 4, crc32c(crc, none, 4));
}

static void mend_one(const struct ext_disk *ext, const struct structure *one)
{
    static const unsigned char group[4];
    unsigned char *bytes = ext->disk.memory.bytes + one->at;
    uint32_t crc;

    switch (one->kind) {
    case SUPERBLOCK:
        put_le32(bytes + 1020, crc32c(UINT32_MAX, bytes, 1020));
        break;
    case GROUP:
        memset(bytes + 30, 0, 2);
        crc = crc32c(crc32c(seed_of(ext), group, 4), bytes, one->length);
        bytes[30] = (unsigned char)crc, bytes[31] = (unsigned char)(crc >> 8);
        break;
    case INODE_OF:
        mend_inode(ext, one);
        break;
    case LEAF:
        put_le32(bytes + BLOCK - 4, crc32c(inode_seed(ext, one->number), bytes, BLOCK - 12));
        break;
    case INDEX:
        mend_index(bytes, inode_seed(ext, one->number));
        break;
    case EXTENTS:
        put_le32(bytes + EXTENTS_TAIL, crc32c(inode_seed(ext, one->number), bytes, EXTENTS_TAIL));
        break;
    }
}

/* All checksums where the byte AT is in: those of an inode's blocks depend on the inode. */
static void mend(void *context, size_t at)
{
    struct ext_disk *ext = context;

    for (size_t i = 0; i < ext->count; i++) {
        const struct structure *one = &ext->structures[i];
        if (at >= one->at && at < one->at + one->length)
            mend_one(ext, one);
    }
}

static void look_again(void *context)
{
    (void)look(&((struct ext_disk *)context)->disk);
}

/* --- the filesystem ------------------------------------------------------------------------ */

static int add_block(ext2_filsys fs, blk64_t *block, e2_blkcnt_t count, blk64_t ref, int offset,
                     void *context)
{
    struct ext_disk *ext = context;

    (void)fs, (void)ref, (void)offset;
    if (count < 0)
        add(ext, EXTENTS, (size_t)*block * BLOCK, BLOCK, ext->inode);
    else if (LINUX_S_ISDIR(get_le16(inode_at(ext, ext->inode))) && count < 3)
        add(ext, count == 0 && ext->indexed ? INDEX : LEAF, (size_t)*block * BLOCK, BLOCK,
            ext->inode);
    return 0;
}

static void add_inode(struct ext_disk *ext, ext2_filsys fs, const char *path)
{
    ext2_ino_t number;

    assert_int_equal(ext2fs_namei(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, path, &number), 0);
    ext->inode = number;
    ext->indexed = get_le32(inode_at(ext, number) + 32) & EXT2_INDEX_FL;
    add(ext, INODE_OF, (size_t)(inode_at(ext, number) - ext->disk.memory.bytes), INODE, number);
    (void)!ext2fs_block_iterate3(fs, number, BLOCK_FLAG_READ_ONLY, NULL, add_block, ext);
}

static void find_structures(struct ext_disk *ext)
{
    static const char *const paths[] = {"/", "/kernel", "/pieces", "/link", "/many", "/small"};
    ext2_filsys fs;

    assert_int_equal(ext2fs_open("image", EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs), 0);
    assert_int_equal(EXT2_INODE_SIZE(fs->super), INODE);
    ext->inodes = (size_t)ext2fs_inode_table_loc(fs, 0) * BLOCK;
    add(ext, SUPERBLOCK, SUPER, 1024, 0);
    add(ext, GROUP, SUPER + 1024, EXT2_DESC_SIZE(fs->super), 0);
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        add_inode(ext, fs, paths[i]);
    ext2fs_close(fs);
}

static void make_files(void)
{
    put_bytes("root/kernel", "kernel", 6, 5000);
    /* more pieces than an inode has room for */
    for (off_t i = 0; i < 40; i += 2)
        put_bytes("root/pieces", "piece", 5, i * 4096);
    assert_int_equal(symlink("many/../kernel", "root/link"), 0);
    mkdir("root/small", 0755);
    put_text("root/small/file", "text");
    mkdir("root/many", 0755);
    for (unsigned i = 0; i < 300; i++) {
        auto_free char *path = xasprintf("root/many/vmlinuz-with-a-long-name-%u", i);
        put_text(path, "");
    }
}

static int setup_disk(void **state)
{
    struct ext_disk *ext = xcalloc(1, sizeof *ext);
    void *fixture;

    setup_for(&fixture, &ext_filesystem);
    make_files();
    assert_int_equal(SPAWN("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-I", "256", "-O",
                           "metadata_csum,64bit,dir_index,^has_journal,^metadata_csum_seed", "-d",
                           "root", "image", "4M"),
                     0);
    assert_true(SPAWN("e2fsck", "-fyD", "image") <= 1); /* makes the index */
    load_disk(&ext->disk, &ext_filesystem);
    ext->disk.absent[0] = "/many/vmlinuz-with-a-long-name-299";
    ext->disk.absent[1] = "/many/none";
    find_structures(ext);
    teardown(&fixture);
    *state = ext;
    return 0;
}

static int teardown_disk(void **state)
{
    struct ext_disk *ext = *state;

    end_disk(&ext->disk);
    free(ext);
    return 0;
}

/* --- tests --------------------------------------------------------------------------------- */

static struct damage damage_of(struct ext_disk *ext)
{
    return (struct damage){
        .bytes = ext->disk.memory.bytes, .mend = mend, .look = look_again, .context = ext};
}

static void check_mended(struct ext_disk *ext)
{
    if (look(&ext->disk))
        fail_msg("not mended: %s", ext->disk.first_error);
}

/* There is one of each kind; and a byte that is changed in one is found out, unless the checksum is
 * put right, which changes nothing where nothing was changed. */
static void checksums(void **state)
{
    struct ext_disk *ext = *state;
    unsigned seen = 0;

    check_mended(ext);
    for (size_t i = 0; i < ext->count; i++) {
        const struct structure *one = &ext->structures[i];
        unsigned char kept[1024], *bytes = ext->disk.memory.bytes + one->at;
        seen |= 1u << one->kind;
        memcpy(kept, bytes, one->length);
        mend_one(ext, one);
        if (memcmp(kept, bytes, one->length) != 0)
            fail_msg("structure %zu, of kind %u: another checksum", i, one->kind);
        bytes[one->kind == SUPERBLOCK ? 200 : 8] ^= 1;
        if (!look(&ext->disk) && one->kind != LEAF)
            fail_msg("structure %zu, of kind %u: its checksum is not looked at", i, one->kind);
        memcpy(bytes, kept, one->length);
    }
    assert_int_equal(seen, (1u << (EXTENTS + 1)) - 1);
    assert_true(ext->disk.nodes > 20);
}

static void each_field(void **state)
{
    struct ext_disk *ext = *state;
    const struct damage damage = damage_of(ext);
    unsigned leaves = 0;

    for (size_t i = 0; i < ext->count; i++) {
        const struct structure *one = &ext->structures[i];
        bool whole = one->kind == SUPERBLOCK || one->kind == INODE_OF || one->kind == GROUP;
        size_t length = one->kind == SUPERBLOCK ? 400 : one->kind == INODE_OF ? 160 : 48;
        leaves += one->kind == LEAF;
        if (one->kind == LEAF && leaves > LEAVES && !getenv("LONG"))
            continue;
        damage_fields(&damage, (struct damage_place){one->at, length}, 4);
        if (!whole || getenv("LONG"))
            damage_fields(&damage, (struct damage_place){one->at, length}, 2);
    }
    check_mended(ext);
}

static void random_damage(void **state)
{
    struct ext_disk *ext = *state;
    const struct damage damage = damage_of(ext);
    struct damage_place places[STRUCTURES_MAX];

    for (size_t i = 0; i < ext->count; i++)
        places[i] = (struct damage_place){ext->structures[i].at, ext->structures[i].kind == LEAF
                                                                     ? 128
                                                                     : ext->structures[i].length};
    damage_at_random(&damage, places, ext->count);
    check_mended(ext);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(checksums), cmocka_unit_test(each_field),
                                       cmocka_unit_test(random_damage)};

    return cmocka_run_group_tests_name("ext_damage", tests, setup_disk, teardown_disk);
}
