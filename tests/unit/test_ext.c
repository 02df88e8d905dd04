/* The reader of ext2, ext3 and ext4 on images that mke2fs makes from a directory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_htree.h"
#include "fsprobe/fs/ext/ext_private.h"
#include "fsprobe/fs/ext/ext_super.h"
#include "tests/unit/ext_fixture.h"

static const char *const ext4_1k[] = {"-t", "ext4", "-b", "1024", NULL};
static const char *const ext4_4k[] = {"-t", "ext4", "-b", "4096", NULL};
static const char *const ext2_1k[] = {"-t", "ext2", "-b", "1024", "-I", "128", NULL};
static const char *const ext4_inline[] = {"-t", "ext4", "-b", "4096", "-O", "inline_data", NULL};

static void check_read(struct fixture *f, const char *path, const char *expected, int line)
{
    auto_buffer struct buffer out = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_error struct error err = ERROR_INIT;
    bool whole = false;
    int result = f->volume.filesystem->read(&f->volume, path, GUEST_CONFIG_MAX, &out, &whole, &err);

    if (result == 1 && whole && strcmp(buffer_text(&out), expected) == 0)
        return;
    print_error("%s: %d, %s, \"%s\"\n", path, result, err.text ? err.text : "-", buffer_text(&out));
    _fail(__FILE__, line);
}
#define reads(f, path, text) check_read(f, path, text, __LINE__)

static void check_missing(struct fixture *f, const char *path, int line)
{
    auto_error struct error err = ERROR_INIT;
    struct file_status status;
    int result = f->volume.filesystem->status(&f->volume, path, &status, &err);

    if (result == 0)
        return;
    print_error("%s: %d, %s\n", path, result, err.text ? err.text : "-");
    _fail(__FILE__, line);
}
#define missing(f, path) check_missing(f, path, __LINE__)

static void check_fails(struct fixture *f, const char *path, const char *why, int line)
{
    auto_buffer struct buffer out = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_error struct error err = ERROR_INIT;
    int result = f->volume.filesystem->read(&f->volume, path, GUEST_CONFIG_MAX, &out, NULL, &err);

    if (result == -1 && strstr(err.text, why) && strstr(err.text, path) &&
        strstr(err.text, "image"))
        return;
    print_error("%s: %d, %s\n", path, result, err.text ? err.text : "-");
    _fail(__FILE__, line);
}
#define fails(f, path, why) check_fails(f, path, why, __LINE__)

static void links_of_all_kinds(void **state)
{
    struct fixture *f = *state;

    mkdir("root/boot", 0755);
    put_text("root/boot/file", "text");
    assert_int_equal(symlink("boot", "root/b"), 0);
    assert_int_equal(symlink("/boot/file", "root/absolute"), 0);
    assert_int_equal(symlink("../b/./file", "root/boot/relative"), 0);
    assert_int_equal(symlink("../../../../b//file", "root/boot/above"), 0);
    assert_int_equal(symlink("/nowhere", "root/dangling"), 0);
    assert_int_equal(symlink("/boot/file", "root/boot/through"), 0);
    make(ext4_4k);
    open_image(f);
    reads(f, "/absolute", "text");
    reads(f, "/b/relative", "text");
    reads(f, "/b/above", "text");
    reads(f, "//boot/.//../boot/file", "text");
    reads(f, "/../../boot/file", "text");
    missing(f, "/dangling");
    missing(f, "/boot/fil");
    missing(f, "/boot/file/below");
    missing(f, "/boot/file/..");
    missing(f, "/boot/through/x");
}

/* A chain of COUNT links. */
static void make_chain(struct fixture *f, int count)
{
    char from[32], to[32];

    put_text("root/0", "text");
    for (int i = 1; i <= count; i++) {
        snprintf(from, sizeof from, "%d", i - 1);
        snprintf(to, sizeof to, "root/%d", i);
        assert_int_equal(symlink(from, to), 0);
    }
    make(ext4_1k);
    open_image(f);
}
static void chain_of_links(void **state)
{
    make_chain(*state, GUEST_LINKS_MAX + 1);
    reads(*state, "/39", "text");
    reads(*state, "/40", "text");
    fails(*state, "/41", "more than 40 symbolic links");
}

static void links_in_a_circle(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(symlink("b", "root/a"), 0);
    assert_int_equal(symlink("a", "root/b"), 0);
    assert_int_equal(symlink("self/x", "root/self"), 0);
    make(ext4_1k);
    open_image(f);
    fails(f, "/a", "do they lead in a circle?");
    fails(f, "/self", "do they lead in a circle?");
}

/* Around the size that fits into an inode, and beyond. */
static void lengths_of_links(void **state)
{
    static const size_t lengths[] = {4, 58, 59, 60, 61, 1000};
    struct fixture *f = *state;
    char target[1024], path[32];

    put_text("root/file", "text");
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        memset(target, '/', sizeof target);
        memcpy(target + lengths[i] - 4, "file", 5);
        snprintf(path, sizeof path, "root/l%zu", lengths[i]);
        assert_int_equal(symlink(target, path), 0);
    }
    make(ext4_1k);
    open_image(f);
    reads(f, "/l4", "text");
    reads(f, "/l58", "text");
    reads(f, "/l59", "text");
    reads(f, "/l60", "text");
    reads(f, "/l61", "text");
    reads(f, "/l1000", "text");
}

/* What a damaged size makes of a link: as much as a block holds is read, never more. */
static void link_that_lies(struct fixture *f, const char *command)
{
    char target[101] = "";

    put_text("root/file", "text");
    memset(target, '/', 100);
    memcpy(target + 96, "file", 4);
    assert_int_equal(symlink(target, "root/link"), 0);
    make(ext4_1k);
    debugfs(command);
    open_image(f);
}
static void link_of_one_byte_less_than_a_block(void **state)
{
    link_that_lies(*state, "sif /link size 1023");
    reads(*state, "/link", "text");
}
static void link_of_a_block(void **state)
{
    link_that_lies(*state, "sif /link size 1024");
    reads(*state, "/link", "text");
}
static void link_of_more_than_a_block(void **state)
{
    link_that_lies(*state, "sif /link size 1025");
    fails(*state, "/link", "1024 are the most that there can be");
}
static void link_of_two_billion(void **state)
{
    link_that_lies(*state, "sif /link size 2000000000");
    fails(*state, "/link", "says that it has 2000000000 bytes");
}

static void length_of_a_path(void **state)
{
    struct fixture *f = *state;
    char path[GUEST_PATH_MAX + 2];

    put_text("root/file", "text");
    make(ext4_1k);
    open_image(f);
    memset(path, '/', sizeof path);
    memcpy(path + GUEST_PATH_MAX - 5, "file", 5);
    reads(f, path, "text");
    path[GUEST_PATH_MAX - 5] = '/';
    memcpy(path + GUEST_PATH_MAX - 4, "file", 5);
    reads(f, path, "text");
    path[GUEST_PATH_MAX - 4] = '/';
    memcpy(path + GUEST_PATH_MAX - 3, "file", 5);
    fails(f, path, "longer than 4096 bytes");
}

static void length_of_a_name(void **state)
{
    struct fixture *f = *state;
    char path[300] = "root/";

    memset(path + 5, 'n', GUEST_NAME_MAX);
    put_text(path, "text");
    make(ext4_1k);
    open_image(f);
    reads(f, path + 4, "text");
    path[5 + GUEST_NAME_MAX - 1] = '\0';
    missing(f, path + 4);
    memset(path + 5, 'n', GUEST_NAME_MAX + 1);
    missing(f, path + 4);
}

/* Text at the start and the end, nothing between: longer than the direct blocks reach. */
static void sparse(struct fixture *f, const char *const *options)
{
    auto_buffer struct buffer out = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_error struct error err = ERROR_INIT;
    bool whole = true;

    put_text("root/file", "begin");
    put_bytes("root/file", "end", 3, 400000);
    make(options);
    open_image(f);
    assert_int_equal(f->volume.filesystem->read(&f->volume, "/file", 400002, &out, &whole, &err),
                     1);
    assert_false(whole);
    assert_int_equal(out.length, 400002);
    assert_int_equal(f->volume.filesystem->read(&f->volume, "/file", 400003, &out, &whole, &err),
                     1);
    assert_true(whole);
    assert_int_equal(out.length, 400003);
    assert_memory_equal(out.data, "begin\0\0", 7);
    assert_memory_equal(out.data + 399998, "\0\0end", 5);
    for (size_t at = 399990; at <= 400004; at++) {
        auto_buffer struct buffer part = BUFFER_INIT(8);
        assert_int_equal(f->volume.filesystem->read_part(&f->volume, "/file", at, 8, &part, &err),
                         1);
        assert_int_equal(part.length, at <= 399995 ? 8 : at < 400003 ? 400003 - at : 0);
        if (part.length)
            assert_memory_equal(part.data, out.data + at, part.length);
    }
    for (size_t i = 5; i < 400000; i++)
        assert_int_equal(out.data[i], 0);
}
static void sparse_file_with_extents(void **state)
{
    sparse(*state, ext4_1k);
}
static void sparse_file_with_block_lists(void **state)
{
    sparse(*state, ext2_1k);
}

static void inline_files_and_directories(void **state)
{
    struct fixture *f = *state;
    char text[121], path[40];

    mkdir("root/d", 0755);
    put_text("root/d/short", "short");
    memset(text, 'x', 120);
    text[120] = '\0';
    put_text("root/d/long", text); /* more than the 60 bytes of the block map */
    mkdir("root/e", 0755);
    for (int i = 0; i < 7; i++) {
        snprintf(path, sizeof path, "root/e/file%d", i);
        put_text(path, "e");
    }
    assert_int_equal(symlink("../d/long", "root/e/link"), 0);
    make(ext4_inline);
    open_image(f);
    reads(f, "/d/short", "short");
    reads(f, "/d/long", text);
    reads(f, "/e/file6", "e");
    reads(f, "/e/link", text);
    missing(f, "/e/file7");
}

static bool count_name(void *context, const char *name)
{
    assert_true(strncmp(name, "name-", 5) == 0 || strcmp(name, "lost+found") == 0);
    return ++*(int *)context < 1000;
}

/* As many names as need an index of two levels. */
static void hashed_directory(void **state)
{
    const char *const fsck[] = {"e2fsck", "-fyD", "image", NULL};
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    char path[64];
    int count = 0;

    for (int i = 0; i < 700; i++) {
        snprintf(path, sizeof path, "root/name-%d", i);
        put_text(path, "");
    }
    make(ext4_1k);
    assert_in_range(spawn(fsck), 0, 1);
    open_image(f);
    for (int i = 0; i < 700; i++) {
        snprintf(path, sizeof path, "/name-%d", i);
        reads(f, path, "");
        snprintf(path, sizeof path, "/no-name-%d", i);
        missing(f, path);
    }
    assert_int_equal(f->volume.filesystem->list(&f->volume, "/", count_name, &count, &err), 1);
    assert_int_equal(count, 701);
}

static void directory_of(struct fixture *f, const char *command)
{
    mkdir("root/d", 0755);
    put_text("root/d/file", "text");
    make(ext4_1k);
    debugfs(command);
    open_image(f);
}
static void directory_of_the_largest_size(void **state)
{
    directory_of(*state, "sif /d size 16777216"); /* but it has one block only */
    reads(*state, "/d/file", "text");
    fails(*state, "/d/fil", "the directory has a hole");
}
static void directory_of_more(void **state)
{
    directory_of(*state, "sif /d size 16778240");
    fails(*state, "/d/file", "more than 16777216 are not read");
}

/* More groups than one block has descriptors for, and files in the last of them. */
static void clusters_of_small_blocks(void **state)
{
    static const char *const argv[] = {"mke2fs", "-q",       "-F",  "-d",    "root", "-t",   "ext4",
                                       "-O",     "bigalloc", "-b",  "1024",  "-C",   "2048", "-g",
                                       "256",    "-N",       "512", "image", "16M",  NULL};
    char path[32];

    for (int i = 0; i < 400; i++) {
        snprintf(path, sizeof path, "root/%03d", i);
        put_text(path, path);
    }
    assert_int_equal(spawn(argv), 0);
    open_image(*state);
    reads(*state, "/000", "root/000");
    reads(*state, "/399", "root/399");
}

static void budget(void **state)
{
    struct fixture *f = *state;
    uint64_t used;

    put_text("root/file", "text");
    make(ext4_4k);
    open_image(f);
    reads(f, "/file", "text"); /* libext2fs keeps some inodes from here on */
    f->budget = SOURCE_BUDGET;
    reads(f, "/file", "text");
    used = SOURCE_BUDGET - f->budget;
    f->budget = used;
    reads(f, "/file", "text");
    assert_int_equal(f->budget, 0);
    f->budget = used - 1;
    fails(f, "/file", "too much would have to be read");
}

/* Wherever it runs out, inside libext2fs too, that is an error. */
static void budget_of_any_size(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkdir("root/a", 0755), 0);
    put_text("root/a/file", "text");
    make(ext4_4k);
    open_image(f);
    for (uint64_t size = 0; size < 512 * 1024; size += 1021) {
        auto_buffer struct buffer out = BUFFER_INIT(16);
        auto_error struct error err = ERROR_INIT;
        f->budget = size;
        int result = f->volume.filesystem->read(&f->volume, "/a/file", 16, &out, NULL, &err);
        assert_true(result == 1 || (result == -1 && strstr(err.text, "too much") != NULL));
    }
}

static void not_a_file(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    int count = 0;

    mkdir("root/d", 0755);
    put_text("root/file", "text");
    make(ext4_4k);
    open_image(f);
    fails(f, "/d", "it is not a regular file");
    assert_int_equal(f->volume.filesystem->list(&f->volume, "/file", count_name, &count, &err), -1);
    assert_non_null(strstr(err.text, "it is not a directory"));
    error_clear(&err);
    assert_int_equal(f->volume.filesystem->list(&f->volume, "/none", count_name, &count, &err), 0);
}

/* --- superblocks ------------------------------------------------------------------------- */

#define AT(member) offsetof(struct ext2_super_block, member)

static unsigned char super[SUPERBLOCK_SIZE];

static int setup_super(void **state)
{
    (void)state;
    struct ext2_super_block s = {.s_magic = EXT2_SUPER_MAGIC,
                                 .s_rev_level = 1,
                                 .s_log_block_size = 2,
                                 .s_inode_size = 256,
                                 .s_blocks_count = 2048,
                                 .s_blocks_per_group = 32768,
                                 .s_inodes_per_group = 1024,
                                 .s_feature_incompat = EXT4_FEATURE_INCOMPAT_64BIT,
                                 .s_desc_size = 64};
    memcpy(super, &s, sizeof s);
    return 0;
}

static void check_super(size_t at, uint32_t value, size_t size, const char *why, int line)
{
    unsigned char copy[SUPERBLOCK_SIZE];
    auto_error struct error err = ERROR_INIT;
    struct ext_shape shape;

    memcpy(copy, super, sizeof copy);
    memcpy(copy + at, &value, size);
    int result = ext_super_check(copy, &shape, &err);
    if (why ? result == -1 && strstr(err.text, why) != NULL : result == 0)
        return;
    print_error("%d: %s\n", result, err.text ? err.text : "-");
    _fail(__FILE__, line);
}
#define good16(member, value)     check_super(AT(member), value, 2, NULL, __LINE__)
#define good32(member, value)     check_super(AT(member), value, 4, NULL, __LINE__)
#define bad16(member, value, why) check_super(AT(member), value, 2, why, __LINE__)
#define bad32(member, value, why) check_super(AT(member), value, 4, why, __LINE__)

static void superblock_sizes(void **state)
{
    (void)state;
    good16(s_magic, EXT2_SUPER_MAGIC);
    bad16(s_magic, EXT2_SUPER_MAGIC - 1, "no superblock");
    good32(s_log_block_size, 1);
    good32(s_log_block_size, 6);
    bad32(s_log_block_size, 7, "block size");
    bad32(s_log_block_size, UINT32_MAX, "block size");
    bad16(s_inode_size, 64, "inode size");
    good16(s_inode_size, 128);
    bad16(s_inode_size, 129, "inode size");
    good16(s_inode_size, 4096);
    bad16(s_inode_size, 8192, "inode size");
    bad16(s_inode_size, 0, "inode size");
    good32(s_rev_level, 0);
    bad32(s_rev_level, 2, "revision");
    bad16(s_desc_size, 32, "descriptor size");
    good16(s_desc_size, 1024);
    bad16(s_desc_size, 2048, "descriptor size");
    bad16(s_desc_size, 0, "descriptor size");
}

/* Clusters with blocks of 1 KiB, of which COUNT are in groups of 8. */
static void check_clusters(uint32_t clusters, uint32_t descriptor, uint32_t count, const char *why,
                           int line)
{
    unsigned char kept[SUPERBLOCK_SIZE];
    struct ext2_super_block s;

    memcpy(kept, super, sizeof kept);
    memcpy(&s, super, sizeof s);
    s.s_log_block_size = 0;
    s.s_feature_ro_compat = clusters;
    s.s_feature_incompat = descriptor ? EXT4_FEATURE_INCOMPAT_64BIT : 0;
    s.s_desc_size = (uint16_t)descriptor;
    s.s_blocks_per_group = 8;
    memcpy(super, &s, sizeof s);
    check_super(AT(s_blocks_count), count, 4, why, line);
    memcpy(super, kept, sizeof kept);
}
#define clusters(...) check_clusters(__VA_ARGS__, __LINE__)

static void superblock_with_clusters(void **state)
{
    const uint32_t bigalloc = EXT4_FEATURE_RO_COMPAT_BIGALLOC;

    (void)state;
    clusters(bigalloc, 64, 2048, NULL);
    clusters(0, 64, 2048, "first data block");
    clusters(bigalloc, 64, 8 * (EXT_DESCRIPTORS_MAX / 64) - 1, NULL);
    clusters(bigalloc, 64, 8 * (EXT_DESCRIPTORS_MAX / 64), "of group descriptors");
    clusters(bigalloc, 0, 8 * (EXT_DESCRIPTORS_MAX / 32) - 1, NULL);
    clusters(bigalloc, 0, 8 * (EXT_DESCRIPTORS_MAX / 32), "of group descriptors");
}

static void superblock_counts(void **state)
{
    (void)state;
    bad32(s_first_data_block, 1, "first data block");
    bad32(s_log_block_size, 0, "first data block"); /* which is 1 with blocks of 1 KiB */
    bad32(s_blocks_count, 0, "number of blocks");
    good32(s_blocks_count, 1);
    good32(s_blocks_count_hi, 0xffff);
    bad32(s_blocks_count_hi, 0x10000, "number of blocks");
    bad32(s_blocks_per_group, 0, "number of blocks per group");
    bad32(s_blocks_per_group, 4, "number of blocks per group");
    good32(s_blocks_per_group, 8);
    bad32(s_blocks_per_group, 9, "number of blocks per group");
    bad32(s_inodes_per_group, 0, "number of inodes per group");
    good32(s_inodes_per_group, 8);
    good32(s_inodes_per_group, 8 * 4096);
    bad32(s_inodes_per_group, 8 * 4096 + 8, "number of inodes per group");
}

static void superblock_features(void **state)
{
    (void)state;
    good32(s_feature_incompat, 0);
    good32(s_feature_incompat, 0x2c2);
    bad32(s_feature_incompat, 0x8, "another filesystem's journal");
    bad32(s_feature_incompat, 0x1, "features that are not known here (incompat 0x1)");
    bad32(s_feature_incompat, 0x80000000, "(incompat 0x80000000)");
}

/* --- directory entries ------------------------------------------------------------------- */

static bool entry_holds(unsigned record, unsigned length, size_t size)
{
    unsigned char block[64] = {
        1, 0, 0, 0, (unsigned char)record, (unsigned char)(record >> 8), (unsigned char)length};
    struct ext_dirent entry;

    return ext_dirent_at(block, size, 0, &entry);
}

static void directory_entries(void **state)
{
    (void)state;
    assert_true(entry_holds(12, 4, 12));
    assert_false(entry_holds(12, 5, 64)); /* the name ends behind it */
    assert_false(entry_holds(8, 0, 64));
    assert_false(entry_holds(13, 1, 64));
    assert_true(entry_holds(64, 56, 64));
    assert_false(entry_holds(68, 56, 64));
    assert_false(entry_holds(64, 57, 64));
    assert_false(entry_holds(0, 0, 64));
    assert_false(entry_holds(65535, 1, 64));
    assert_false(entry_holds(12, 1, 7));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(links_of_all_kinds),
        TEST(chain_of_links),
        TEST(links_in_a_circle),
        TEST(lengths_of_links),
        TEST(link_of_one_byte_less_than_a_block),
        TEST(link_of_a_block),
        TEST(link_of_more_than_a_block),
        TEST(link_of_two_billion),
        TEST(length_of_a_path),
        TEST(length_of_a_name),
        TEST(sparse_file_with_extents),
        TEST(sparse_file_with_block_lists),
        TEST(inline_files_and_directories),
        TEST(hashed_directory),
        TEST(directory_of_the_largest_size),
        TEST(directory_of_more),
        TEST(clusters_of_small_blocks),
        TEST(budget),
        TEST(budget_of_any_size),
        TEST(not_a_file),
        cmocka_unit_test_setup(superblock_sizes, setup_super),
        cmocka_unit_test_setup(superblock_with_clusters, setup_super),
        cmocka_unit_test_setup(superblock_counts, setup_super),
        cmocka_unit_test_setup(superblock_features, setup_super),
        cmocka_unit_test(directory_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
