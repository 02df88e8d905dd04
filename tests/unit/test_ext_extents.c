/* The map of a whole file against libext2fs's own answer for each of its blocks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <endian.h>

#include "fsprobe/fs/ext/ext_extents.h"
#include "fsprobe/fs/ext/ext_file.h"
#include "fsprobe/fs/ext/ext_walk.h"
#include "tests/unit/ext_fixture.h"

#define KIB       1024
#define DIRECT_1K (12 * KIB)                 /* bytes that an inode's own pointers reach */
#define SINGLE_1K (DIRECT_1K + 256 * KIB)    /* with one level of indirect blocks */
#define DOUBLE_1K (SINGLE_1K + 65536L * KIB) /* with two */

/* Loads the inode at PATH. */
static struct ext *load(struct fixture *f, const char *path, struct ext_node *node)
{
    struct ext *ext = f->volume.state;
    auto_error struct error err = ERROR_INIT;

    if (ext_walk(ext, path, node, &err) != 1)
        fail_msg("%s: %s", path, err.text ? err.text : "not there");
    return ext;
}

/* Where MAP has the block at AT, in bytes into the disk; 0 for a hole. */
static uint64_t place_of(const struct file_map *map, uint64_t at)
{
    for (size_t i = 0; i < map->count; i++)
        if (at >= map->runs[i].at && at - map->runs[i].at < map->runs[i].length)
            return map->runs[i].place + (at - map->runs[i].at);
    return 0;
}

static void check_order(const struct file_map *map)
{
    uint64_t end = 0;

    for (size_t i = 0; i < map->count; i++) {
        assert_true(map->runs[i].length > 0);
        assert_true(map->runs[i].at >= end);
        end = map->runs[i].at + map->runs[i].length;
    }
    assert_true(end <= map->size);
}

static void check_map(struct fixture *f, const char *path, size_t least, size_t most, int line)
{
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_error struct error err = ERROR_INIT;
    struct ext *ext = load(f, path, &node);
    unsigned size = ext->source.block_size;

    if (ext_file_map(ext, &node, &map, &err) < 0)
        fail_msg("line %d: %s: %s", line, path, err.text);
    check_order(&map);
    for (uint64_t at = 0; at < map.size; at += size) {
        blk64_t physical = 0;
        f->budget = SOURCE_BUDGET;
        assert_int_equal(ext_map(ext, &node, at / size, &physical), 0);
        if (place_of(&map, at) != physical * size)
            fail_msg("line %d: %s: byte %llu is at %llu, not %llu", line, path,
                     (unsigned long long)at, (unsigned long long)place_of(&map, at),
                     (unsigned long long)physical * size);
    }
    if (map.count < least || map.count > most)
        fail_msg("line %d: %s has %zu runs", line, path, map.count);
}
#define maps(f, path, least, most) check_map(f, path, least, most, __LINE__)

/* A file of the tree: a kilobyte at each of the offsets, and what is between them not written. */
static void put_pieces(const char *path, const off_t *at, size_t count, off_t size)
{
    char piece[KIB];

    put_text(path, "");
    memset(piece, 'p', sizeof piece);
    for (size_t i = 0; i < count; i++)
        put_bytes(path, piece, sizeof piece, at[i]);
    assert_int_equal(truncate(path, size), 0);
}

/* Every other block, COUNT of them. */
static void put_comb(const char *path, unsigned block, size_t count)
{
    auto_free char *piece = xcalloc(1, block);

    memset(piece, 'c', block);
    for (size_t i = 0; i < count; i++)
        put_bytes(path, piece, block, (off_t)(2 * i * block));
}

static void put_shapes(void)
{
    static const off_t middle[] = {100 * KIB}, ends[] = {0, 300 * KIB};

    put_text("root/empty", "");
    put_text("root/byte", "b");
    put_pieces("root/block", ends, 1, KIB);
    put_pieces("root/more", ends, 1, KIB + 1);
    put_pieces("root/middle", middle, 1, 200 * KIB);
    put_pieces("root/ends", ends, 2, 301 * KIB);
    put_pieces("root/hole", ends, 0, 64 * KIB);
    put_comb("root/comb", 4 * KIB, 20);
}

static void check_shapes(struct fixture *f)
{
    maps(f, "/empty", 0, 0);
    maps(f, "/block", 1, 1);
    maps(f, "/more", 1, 2);
    maps(f, "/middle", 1, 4);
    maps(f, "/ends", 2, 4);
    maps(f, "/hole", 0, 0);
    /* a piece may stand in two places of the disk */
    maps(f, "/comb", 20, 40);
}

static void shapes(struct fixture *f, const char *const *options)
{
    put_shapes();
    make(options);
    open_image(f);
    check_shapes(f);
}
#define SHAPES(name, ...)                                         \
    static void name(void **state)                                \
    {                                                             \
        shapes(*state, (const char *const[]){__VA_ARGS__, NULL}); \
    }
SHAPES(shapes_ext2_1k, "-t", "ext2", "-b", "1024", "-I", "128")
SHAPES(shapes_ext2_4k, "-t", "ext2", "-b", "4096")
SHAPES(shapes_ext3_2k, "-t", "ext3", "-b", "2048")
SHAPES(shapes_ext4_1k, "-t", "ext4", "-b", "1024", "-O", "64bit,metadata_csum")
SHAPES(shapes_ext4_4k, "-t", "ext4", "-b", "4096", "-O", "^64bit,^metadata_csum")
SHAPES(shapes_meta_bg, "-t", "ext4", "-b", "1024", "-g", "256", "-O", "meta_bg,^resize_inode")

/* (mke2fs takes a file that is one hole for one that lies in its inode.) */
static void shapes_inline(void **state)
{
    struct fixture *f = *state;

    put_shapes();
    make((const char *const[]){"-t", "ext4", "-b", "4096", "-O", "inline_data", NULL});
    open_image(f);
    maps(f, "/empty", 0, 0);
    maps(f, "/more", 1, 2);
    maps(f, "/ends", 2, 4);
}

/* Space is taken in clusters of 16 KiB; only what was written of them is the file's. */
static void shapes_bigalloc(void **state)
{
    struct fixture *f = *state;

    put_shapes();
    make((const char *const[]){"-t", "ext4", "-b", "4096", "-O", "bigalloc", "-C", "16384", NULL});
    open_image(f);
    maps(f, "/more", 1, 1);
    maps(f, "/ends", 2, 2);
    maps(f, "/hole", 0, 0);
    maps(f, "/comb", 1, 20);
}

/* More extents than an inode holds (4), than one block of them (84), and than four such. */
static void levels_of_extents(void **state)
{
    struct fixture *f = *state;

    put_comb("root/four", KIB, 4);
    put_comb("root/five", KIB, 5);
    put_comb("root/many", KIB, 400);
    make((const char *const[]){"-t", "ext4", "-b", "1024", "-O", "metadata_csum", NULL});
    open_image(f);
    maps(f, "/four", 4, 4);
    maps(f, "/five", 5, 5);
    maps(f, "/many", 400, 410);
}

/* The last block before, and the first one behind, each further level of indirection. */
static void levels_of_indirection(void **state)
{
    static const off_t at[] = {DIRECT_1K - KIB, DIRECT_1K, SINGLE_1K - KIB,      SINGLE_1K,
                               DOUBLE_1K - KIB, DOUBLE_1K, DOUBLE_1K + 300 * KIB};
    struct fixture *f = *state;

    put_pieces("root/file", at, ARRAY_SIZE(at), DOUBLE_1K + 400 * KIB);
    make((const char *const[]){"-t", "ext2", "-b", "1024", "-I", "128", NULL});
    open_image(f);
    maps(f, "/file", 4, 7);
}

/* What was reserved and never written is zeros, also behind the end. */
static void unwritten_extents(void **state)
{
    struct fixture *f = *state;

    put_text("root/file", "text");
    assert_int_equal(truncate("root/file", 64 * KIB), 0);
    make((const char *const[]){"-t", "ext4", "-b", "1024", NULL});
    debugfs("fallocate /file 1 99");
    open_image(f);
    maps(f, "/file", 1, 1);
}

/* What fs-verity protects is plain on the disk; its hashes stand behind the end of the file. */
static void verity_file(void **state)
{
    struct fixture *f = *state;
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    auto_error struct error err = ERROR_INIT;
    auto_free char *text = xcalloc(1, 80 * KIB);

    memset(text, 't', 80 * KIB);
    put_bytes("root/file", text, 80 * KIB, 0);
    make((const char *const[]){"-t", "ext4", "-b", "1024", "-O", "^metadata_csum,verity", NULL});
    debugfs("sif /file flags 0x180000");
    debugfs("sif /file size 10001");
    open_image(f);
    maps(f, "/file", 1, 1);
    struct ext *ext = load(f, "/file", &node);
    assert_int_equal(ext_file_map(ext, &node, &map, &err), 0);
    assert_int_equal(map.runs[0].length, 10001);
}

/* --- damage -------------------------------------------------------------------------------- */

static void check_refused(struct fixture *f, const char *why, int line)
{
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_error struct error err = ERROR_INIT;
    struct ext *ext = load(f, "/file", &node);

    if (ext_file_map(ext, &node, &map, &err) == 0 || !strstr(err.text, why))
        fail_msg("line %d: %s, not %s", line, err.text ? err.text : "it is read", why);
}
#define refused(f, why) check_refused(f, why, __LINE__)

/* An ext4 file of 64 KiB, and what COMMAND of debugfs does to it. */
static void damaged(struct fixture *f, const char *command, const char *why, int line)
{
    auto_free char *text = xcalloc(1, 64 * KIB);

    memset(text, 't', 64 * KIB);
    put_bytes("root/file", text, 64 * KIB, 0);
    make((const char *const[]){"-t", "ext4", "-b", "1024", "-O", "^metadata_csum", NULL});
    debugfs(command);
    open_image(f);
    check_refused(f, why, line);
}

/* The image has 8,192 blocks of 1 KiB. In the inode, behind the 12 bytes of the header, an extent
 * is { first block, { length, physical high }, physical low }. */
static void extent_past_the_end(void **state)
{
    damaged(*state, "sif /file block[5] 8129", "is said to be at 8129, of 8192", __LINE__);
}
static void extent_over_the_superblock(void **state)
{
    damaged(*state, "sif /file block[5] 1", "is said to be at 1, of 8192", __LINE__);
}
static void extent_of_no_length(void **state)
{
    damaged(*state, "sif /file block[4] 0", "inode 12", __LINE__);
}
static void tree_of_six_levels(void **state)
{
    damaged(*state, "sif /file block[1] 0x60004", "cannot be read", __LINE__);
}
static void header_without_its_mark(void **state)
{
    damaged(*state, "sif /file block[0] 0", "cannot be read", __LINE__);
}
static void encrypted_file(void **state)
{
    damaged(*state, "sif /file flags 0x80800", "it is encrypted", __LINE__);
}
static void compressed_file(void **state)
{
    damaged(*state, "sif /file flags 0x80200", "it is compressed", __LINE__);
}
static void extent_up_to_the_end(void **state)
{
    struct fixture *f = *state;
    auto_free char *text = xcalloc(1, 64 * KIB);

    memset(text, 't', 64 * KIB);
    put_bytes("root/file", text, 64 * KIB, 0);
    make((const char *const[]){"-t", "ext4", "-b", "1024", "-O", "^metadata_csum", NULL});
    debugfs("sif /file block[5] 8128");
    open_image(f);
    maps(f, "/file", 1, 1);
}

static void blocks_past_the_end(void **state)
{
    struct fixture *f = *state;

    put_text("root/file", "text");
    make((const char *const[]){"-t", "ext2", "-b", "1024", NULL});
    debugfs("sif /file block[0] 8192");
    open_image(f);
    refused(f, "is said to be at 8192, of 8192");
}

static void block_map_past_the_end(void **state)
{
    struct fixture *f = *state;
    static const off_t at[] = {DOUBLE_1K};

    put_pieces("root/file", at, 1, DOUBLE_1K + KIB);
    make((const char *const[]){"-t", "ext2", "-b", "1024", NULL});
    debugfs("sif /file block[TIND] 1000000");
    open_image(f);
    refused(f, "the block map of inode 12 cannot be read");
}

/* A block map all of whose pointers lead to itself: it is followed as far as it has levels, and
 * for as many blocks as the file may have pieces. */
static void block_map_in_a_circle(void **state)
{
    struct fixture *f = *state;
    static const off_t at[] = {DOUBLE_1K};
    uint32_t pointers[KIB / sizeof(uint32_t)];
    auto_ext_node struct ext_node node = EXT_NODE_INIT;

    put_pieces("root/file", at, 1, DOUBLE_1K + KIB);
    make((const char *const[]){"-t", "ext2", "-b", "1024", NULL});
    open_image(f);
    (void)load(f, "/file", &node);
    uint32_t self = node.inode->i_block[EXT2_TIND_BLOCK];
    for (size_t i = 0; i < ARRAY_SIZE(pointers); i++)
        pointers[i] = htole32(self);
    put_bytes("image", (const char *)pointers, sizeof pointers, (off_t)self * KIB);
    maps(f, "/file", 1, 1);
    volume_free(&f->volume);
    close_fd(&f->fd);
    debugfs("sif /file size 0x40000000");
    open_image(f);
    refused(f, "it is in more than 524288 pieces");
}

/* Block numbers in a file have 32 bits. */
static void of_size(struct fixture *f, const char *command)
{
    put_text("root/file", "text");
    make((const char *const[]){"-t", "ext4", "-b", "1024", NULL});
    debugfs(command);
    open_image(f);
}
static void size_of_the_largest_file(void **state)
{
    struct fixture *f = *state;
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_error struct error err = ERROR_INIT;

    of_size(f, "sif /file size 0x40000000000");
    struct ext *ext = load(f, "/file", &node);
    assert_int_equal(ext_file_map(ext, &node, &map, &err), 0);
    assert_int_equal(map.count, 1);
    assert_int_equal(map.runs[0].length, KIB);
}
static void size_beyond_any_map(void **state)
{
    of_size(*state, "sif /file size 0x40000000001");
    refused(*state, "says that it has 4398046511105 bytes");
}
static void size_beyond_the_block_map(void **state)
{
    struct fixture *f = *state;

    put_text("root/file", "text");
    make((const char *const[]){"-t", "ext2", "-b", "1024", NULL});
    debugfs("sif /file size 0x10000000000");
    open_image(f);
    refused(f, "has no room for its 1099511627776 bytes");
}

static void no_budget(void **state)
{
    struct fixture *f = *state;
    auto_ext_node struct ext_node node = EXT_NODE_INIT;
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_error struct error err = ERROR_INIT;

    put_comb("root/file", KIB, 400);
    make((const char *const[]){"-t", "ext4", "-b", "1024", NULL});
    open_image(f);
    struct ext *ext = load(f, "/file", &node);
    f->budget = KIB;
    assert_int_equal(ext_file_map(ext, &node, &map, &err), -1);
    assert_non_null(strstr(err.text, "too much would have to be read"));
}

/* --- the list ------------------------------------------------------------------------------ */

static void neighbours_become_one(void **state)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;

    (void)state;
    assert_true(file_map_add(&map, &(struct file_run){.at = 0, .place = 100, .length = 10}));
    assert_true(file_map_add(&map, &(struct file_run){.at = 10, .place = 110, .length = 10}));
    assert_true(file_map_add(&map, &(struct file_run){.at = 30, .place = 120, .length = 10}));
    assert_true(file_map_add(&map, &(struct file_run){.at = 40, .place = 140, .length = 10}));
    assert_true(file_map_add(
        &map, &(struct file_run){.at = 50, .place = 150, .length = 1, .escaped = true}));
    assert_int_equal(map.count, 4);
    assert_int_equal(map.runs[0].length, 20);
}

static void as_many_pieces_as_there_may_be(void **state)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    struct file_run run = {.length = 1};

    (void)state;
    for (size_t i = 0; i < FILE_RUNS_MAX; i++, run.at += 2)
        assert_true(file_map_add(&map, &run));
    assert_false(file_map_add(&map, &run));
    run.at--;
    run.place = map.runs[FILE_RUNS_MAX - 1].place + 1;
    assert_true(file_map_add(&map, &run));
    assert_int_equal(map.count, FILE_RUNS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shapes_ext2_1k),
        TEST(shapes_ext2_4k),
        TEST(shapes_ext3_2k),
        TEST(shapes_ext4_1k),
        TEST(shapes_ext4_4k),
        TEST(shapes_meta_bg),
        TEST(shapes_inline),
        TEST(shapes_bigalloc),
        TEST(levels_of_extents),
        TEST(levels_of_indirection),
        TEST(unwritten_extents),
        TEST(verity_file),
        TEST(extent_past_the_end),
        TEST(extent_up_to_the_end),
        TEST(extent_over_the_superblock),
        TEST(extent_of_no_length),
        TEST(tree_of_six_levels),
        TEST(header_without_its_mark),
        TEST(encrypted_file),
        TEST(compressed_file),
        TEST(blocks_past_the_end),
        TEST(block_map_past_the_end),
        TEST(block_map_in_a_circle),
        TEST(size_of_the_largest_file),
        TEST(size_beyond_any_map),
        TEST(size_beyond_the_block_map),
        TEST(no_budget),
        cmocka_unit_test(neighbours_become_one),
        cmocka_unit_test(as_many_pieces_as_there_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
