/* UFS with damage: whatever a field says, the reader ends with an answer or a sentence, and what it
 * answers is inside the filesystem; and its bounds, one by one.
 *
 * With LONG in the environment, thousands of filesystems with random damage, else some hundred.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ufs/ufs_private.h"
#include "tests/unit/damage.h"
#include "tests/unit/fs_disk.h"
#include "tests/unit/ufs_fixture.h"

#define SUPER    8192
#define BLOCK    4096
#define FRAGMENT 512

/* A filesystem of either version, big-endian as the tests set their fields, of one group. */
struct ufs_disk {
    struct disk disk; /* first */
    unsigned version;
    size_t inodes; /* where they are, in bytes into the disk */
    size_t inode_size, pointers_at, pointer_size;
};

static int setup_disk(void **state, unsigned version)
{
    struct ufs_disk *ufs = xcalloc(1, sizeof *ufs);
    void *fixture;

    setup(&fixture);
    put_file("root/kernel", 12 * BLOCK + 5000); /* with a block of pointers */
    assert_int_equal(symlink("kernel", "root/link"), 0);
    put_link("root/long", 500);
    put_names("root/some", 3, "name-", "");
    put_names("root/many", 300, "vmlinuz-", "-with-a-name");
    make("be", "4m",
         version == 1 ? "version=1,bsize=4096,fsize=512" : "version=2,bsize=4096,fsize=512");
    load_disk(&ufs->disk, &ufs_filesystem);
    teardown(&fixture);
    ufs->disk.absent[0] = "/many/none";
    ufs->disk.absent[1] = "/long";
    ufs->version = version;
    ufs->inode_size = version == 1 ? 128 : 256;
    ufs->pointers_at = version == 1 ? 40 : 112;
    ufs->pointer_size = version == 1 ? 4 : 8;
    ufs->inodes = field(ufs->disk.memory.bytes + SUPER + 16, 4) * FRAGMENT;
    *state = ufs;
    return 0;
}
static int setup_1(void **state)
{
    return setup_disk(state, 1);
}
static int setup_2(void **state)
{
    return setup_disk(state, 2);
}

static int teardown_disk(void **state)
{
    struct ufs_disk *ufs = *state;

    end_disk(&ufs->disk);
    free(ufs);
    return 0;
}

static size_t inode_at(const struct ufs_disk *ufs, size_t number)
{
    return ufs->inodes + number * ufs->inode_size;
}

/* The number of the first inode of this kind (S_IFREG…) that has more bytes than SIZE. */
static size_t find_inode(const struct ufs_disk *ufs, unsigned kind, uint64_t size)
{
    for (size_t i = UFS_ROOT; i < 400; i++) {
        const unsigned char *inode = ufs->disk.memory.bytes + inode_at(ufs, i);
        if ((field(inode, 2) & S_IFMT) == kind &&
            field(inode + (ufs->version == 1 ? 8 : 16), 8) > size)
            return i;
    }
    fail();
    return 0;
}

/* Where the block is that pointer POINTER of the inode NUMBER leads to. */
static size_t block_of(const struct ufs_disk *ufs, size_t number, size_t pointer)
{
    size_t at = inode_at(ufs, number) + ufs->pointers_at + pointer * ufs->pointer_size;

    return field(ufs->disk.memory.bytes + at, (unsigned)ufs->pointer_size) * FRAGMENT;
}

static void nothing_is_damaged(void **state)
{
    struct ufs_disk *ufs = *state;

    if (look(&ufs->disk))
        fail_msg("%s", ufs->disk.first_error);
    assert_true(ufs->disk.nodes > 15);
}

/* --- bounds -------------------------------------------------------------------------------- */

static void check_field(struct disk *disk, size_t at, unsigned width, uint64_t value,
                        const char *why, int line)
{
    uint64_t is = field(disk->memory.bytes + at, width);

    set_field(disk->memory.bytes + at, width, value);
    const char *error = look(disk);
    set_field(disk->memory.bytes + at, width, is);
    if (why ? !error || !strstr(error, why) : error != NULL)
        fail_msg("line %d: %s", line, error ? error : "no error");
}
#define FIELD(at, width, value, why) check_field(&ufs->disk, at, width, value, why, __LINE__)

static void bounds_of_super(void **state)
{
    struct ufs_disk *ufs = *state;
    size_t size_at = SUPER + (ufs->version == 1 ? 36 : 1080);
    unsigned width = ufs->version == 1 ? 4 : 8;
    uint64_t group = field(ufs->disk.memory.bytes + SUPER + 188, 4);

    FIELD(SUPER + 1372, 4, 0, "cannot read the UFS of the image: there is no superblock of UFS");
    FIELD(SUPER + 1372, 4, 0x19960408, "it was never made to the end");
    FIELD(SUPER + 48, 4, 8192, "its block size is 8192");
    FIELD(SUPER + 80, 4, 13, "its block size is 4096");
    FIELD(SUPER + 80, 4, 32 + 12, "its block size is 4096");
    FIELD(SUPER + 52, 4, 1024, "its fragment size is 1024");
    FIELD(SUPER + 84, 4, UFS_FRAGMENT_LOG_MIN - 1, "its fragment size is 512");
    FIELD(SUPER + 56, 4, 4, "its number of fragments per block is 4");
    FIELD(SUPER + 96, 4, 2, "its number of fragments per block is 8");
    FIELD(SUPER + 116, 4, 1, "its number of pointers per block is 1");
    FIELD(SUPER + 120, 4, 1, "its number of inodes per block is 1");
    FIELD(SUPER + 44, 4, 0, "its number of groups is 0");
    FIELD(SUPER + 44, 4, 2, "its number of groups is 2");
    FIELD(SUPER + 184, 4, 0, "its number of inodes per group is 0");
    FIELD(SUPER + 184, 4, UINT32_C(1) << 31, "its number of inodes per group is 2147483648");
    FIELD(SUPER + 188, 4, 0, "its number of fragments per group is 0");
    FIELD(SUPER + 188, 4, UINT32_C(1) << 31, "its number of fragments per group is 2147483648");
    FIELD(SUPER + 16, 4, group, "its place of the inodes is");
    FIELD(size_at, width, group, NULL);
    FIELD(size_at, width, group + 1, "its number of groups is 1");
    FIELD(size_at, width, 0, "its number of groups is 1");
    FIELD(size_at, width, 100, "outside the filesystem");
    FIELD(SUPER + 1320, 4, 61, "its length of links in inodes is 61");
}

static void bounds_of_inodes(void **state)
{
    struct ufs_disk *ufs = *state;
    size_t kernel = inode_at(ufs, find_inode(ufs, S_IFREG, 12 * BLOCK));
    size_t link = inode_at(ufs, find_inode(ufs, S_IFLNK, 0));
    size_t many = inode_at(ufs, find_inode(ufs, S_IFDIR, BLOCK));
    size_t size_at = ufs->version == 1 ? 8 : 16, pointer = ufs->pointers_at;
    unsigned width = (unsigned)ufs->pointer_size;
    uint64_t fragments = field(ufs->disk.memory.bytes + SUPER + 188, 4);

    FIELD(kernel, 2, 0, "is free");
    FIELD(kernel + size_at, 8, UINT64_C(1) << 63, "has an impossible size");
    FIELD(kernel + size_at, 8, INT64_MAX, NULL); /* one hole, behind what there is */
    FIELD(kernel + pointer, width, fragments - BLOCK / FRAGMENT, NULL);
    FIELD(kernel + pointer, width, fragments - BLOCK / FRAGMENT + 1, "has a block outside");
    FIELD(kernel + pointer, width, UINT64_MAX, "has a block outside");
    FIELD(kernel + pointer + 12 * width, width, fragments, "has a block outside");
    FIELD(link + size_at, 8, 0, "has an impossible length");
    FIELD(link + size_at, 8, UFS_LINK_MAX + 1, "has an impossible length");
    FIELD(many + size_at, 8, UFS_DIRECTORY_MAX + 1, "has more than 16777216 bytes");
    FIELD(inode_at(ufs, UFS_ROOT), 2, S_IFREG, "the root is not a directory");
}

static void bounds_of_entries(void **state)
{
    struct ufs_disk *ufs = *state;
    size_t root = block_of(ufs, UFS_ROOT, 0); /* "." and "..", of 12 bytes each */

    FIELD(root + 4, 2, 4, "has an entry behind its end");
    FIELD(root + 4, 2, 0, "has an entry behind its end");
    FIELD(root + 4, 2, 13, "has an entry behind its end");
    FIELD(root + 4, 2, 516, "has an entry behind its end");
    FIELD(root + 7, 1, 4, "has an entry with no room for its name");
    FIELD(root + 7, 1, 3, NULL);
    FIELD(root + 7, 1, 0, "has an entry with no room for its name");
    FIELD(root, 4, 0, NULL);
    /* what is listed is looked up */
    FIELD(root + 24, 4, 1, "inode 1 is outside the filesystem");
    FIELD(root + 24, 4, UINT32_MAX, "inode 4294967295 is outside the filesystem");
}

static void note_of_unclean(void **state)
{
    struct ufs_disk *ufs = *state;
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;

    ufs->disk.memory.bytes[SUPER + 209] = 0;
    look(&ufs->disk);
    assert_int_equal(ufs_filesystem.open(NULL, &ufs->disk.volume, &note, &err), 0);
    ufs_filesystem.close(&ufs->disk.volume);
    ufs->disk.memory.bytes[SUPER + 209] = 1;
    assert_string_equal(note,
                        "the UFS of the image was not unmounted; what was written last may be "
                        "damaged or missing");
}

/* --- each field ---------------------------------------------------------------------------- */

static void look_again(void *context)
{
    (void)look(context);
}

/* (Fields are changed with either byte order in mind: all that a value can be is tried.) */
static struct damage damage_of(struct ufs_disk *ufs)
{
    return (struct damage){
        .bytes = ufs->disk.memory.bytes, .big = true, .look = look_again, .context = &ufs->disk};
}

static void each_field(void **state)
{
    struct ufs_disk *ufs = *state;
    const struct damage damage = damage_of(ufs);
    const size_t inodes[] = {UFS_ROOT, find_inode(ufs, S_IFREG, 12 * BLOCK),
                             find_inode(ufs, S_IFDIR, BLOCK), find_inode(ufs, S_IFLNK, 0),
                             find_inode(ufs, S_IFLNK, 400)};
    const size_t blocks[] = {block_of(ufs, UFS_ROOT, 0), block_of(ufs, inodes[1], 12),
                             block_of(ufs, inodes[2], 0)};

    damage_fields(&damage, (struct damage_place){SUPER, 1376}, 4);
    for (size_t i = 0; i < ARRAY_SIZE(inodes); i++)
        for (size_t at = 0; at < ufs->inode_size; at += 4)
            damage_field(&damage, inode_at(ufs, inodes[i]) + at, at % 8 ? 4 : 8);
    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
        for (size_t at = 0; at < 64; at += 2)
            damage_field(&damage, blocks[i] + at, at % 4 ? 2 : 4);
    if (look(&ufs->disk))
        fail_msg("not mended: %s", ufs->disk.first_error);
}

/* --- random damage ------------------------------------------------------------------------- */

static void random_damage(void **state)
{
    struct ufs_disk *ufs = *state;
    const struct damage damage = damage_of(ufs);
    size_t kernel = find_inode(ufs, S_IFREG, 12 * BLOCK), many = find_inode(ufs, S_IFDIR, BLOCK);
    const struct damage_place places[] = {{SUPER, 1376},
                                          {ufs->inodes, (size_t)48 * 256},
                                          {block_of(ufs, UFS_ROOT, 0), BLOCK},
                                          {block_of(ufs, kernel, 12), BLOCK},
                                          {block_of(ufs, many, 0), BLOCK}};

    damage_at_random(&damage, places, ARRAY_SIZE(places));
    if (look(&ufs->disk))
        fail_msg("not mended: %s", ufs->disk.first_error);
}

int main(void)
{
#define BOTH(name)                                           \
    {#name " of UFS1", name, setup_1, teardown_disk, NULL},  \
    {                                                        \
#name " of UFS2", name, setup_2, teardown_disk, NULL \
    }
    const struct CMUnitTest tests[] = {
        BOTH(nothing_is_damaged), BOTH(bounds_of_super), BOTH(bounds_of_inodes),
        BOTH(bounds_of_entries),  BOTH(note_of_unclean), BOTH(each_field),
        BOTH(random_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
