/* ReiserFS with damage: whatever a field says, the reader ends with an answer or a sentence, and
 * what it answers is inside the filesystem; and its bounds, one by one.
 *
 * With LONG in the environment, thousands of filesystems with random damage, else some hundred.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/bytes.h"
#include "fsprobe/fs/reiserfs/reiserfs_private.h"
#include "tests/unit/damage.h"
#include "tests/unit/fs_disk.h"
#include "tests/unit/reiserfs_fixture.h"

#define PLACES_MAX 16
#define BLOCK      512
#define BLOCKS     8192
#define SUPER      65536
#define LOG        130 /* block: behind the superblock and a bitmap */
#define LOG_BLOCKS 512
#define HEAD       24
#define ITEM       24

/* The objects, by the order of their names. */
enum { ROOT = 2, KERNEL, LINK, TAIL, SHORT_LINK, MANY_NAMES };

enum { STAT, INDIRECT, DIRECT, DIRECTORY };

struct reiserfs_disk {
    struct disk disk; /* first */
    unsigned root;    /* block */
    size_t all;       /* nodes that are seen without damage */
};

static uint64_t number_at(const struct reiserfs_disk *rfs, size_t at, unsigned width)
{
    uint64_t value = 0;

    memcpy(&value, rfs->disk.memory.bytes + at, width);
    return le64toh(value);
}

static void set_number(struct reiserfs_disk *rfs, size_t at, unsigned width, uint64_t value)
{
    value = htole64(value);
    memcpy(rfs->disk.memory.bytes + at, &value, width);
}

static int setup_disk(void **state, bool logged)
{
    struct reiserfs_disk *rfs = xcalloc(1, sizeof *rfs);
    void *fixture;

    setup(&fixture);
    put_file("root/1-kernel", 300 * BLOCK + 100);
    put_link("root/2-link", 100);
    assert_int_equal(symlink("1-kernel", "root/4-link"), 0);
    put_file("root/3-tail", 200);
    put_names("root/4-many", 60, "vmlinuz-", "-with-a-name");
    make_empty(4, "-b 512 -s 513 -t 128");
    assert_int_equal(SPAWN("cp", "image", "before"), 0);
    fill_image("");
    if (logged)
        put_into_log("per=110 at=5");
    load_disk(&rfs->disk, &reiserfs_filesystem);
    teardown(&fixture);
    rfs->disk.absent[0] = "/4-many/none";
    rfs->disk.absent[1] = "/2-link";
    rfs->root = (unsigned)number_at(rfs, SUPER + 8, 4);
    assert_int_equal(number_at(rfs, SUPER + 12, 4), LOG);
    assert_int_equal(number_at(rfs, SUPER + 20, 4), LOG_BLOCKS);
    if (look(&rfs->disk))
        fail_msg("%s", rfs->disk.first_error);
    rfs->all = rfs->disk.nodes;
    assert_true(rfs->all > 10);
    *state = rfs;
    return 0;
}
static int setup_plain(void **state)
{
    return setup_disk(state, false);
}
static int setup_logged(void **state)
{
    return setup_disk(state, true);
}

static int teardown_disk(void **state)
{
    struct reiserfs_disk *rfs = *state;

    end_disk(&rfs->disk);
    free(rfs);
    return 0;
}

static unsigned type_of(const unsigned char *key)
{
    uint32_t last = get_le32(key + 12);

    return last == 500           ? DIRECTORY
           : last == 0xffffffff  ? DIRECT
           : last == 0           ? STAT
           : last >> 28 < DIRECT ? INDIRECT
                                 : last >> 28;
}

/* Where what tells of an item is: the first one of this type of OBJECT. */
static size_t find_item(const struct reiserfs_disk *rfs, unsigned object, unsigned type)
{
    for (size_t block = LOG; block < BLOCKS; block++) {
        const unsigned char *node = rfs->disk.memory.bytes + block * BLOCK;
        if (get_le16(node) != 1 || get_le16(node + 2) > (BLOCK - HEAD) / ITEM)
            continue;
        for (size_t i = 0; i < get_le16(node + 2); i++)
            if (get_le32(node + HEAD + i * ITEM + 4) == object &&
                get_le32(node + HEAD + i * ITEM) <= ROOT && type_of(node + HEAD + i * ITEM) == type)
                return block * BLOCK + HEAD + i * ITEM;
    }
    fail_msg("no item of object %u", object);
    return 0;
}

static size_t body_of(const struct reiserfs_disk *rfs, size_t item)
{
    return item / BLOCK * BLOCK + number_at(rfs, item + 20, 2);
}

static void check_field(struct reiserfs_disk *rfs, size_t at, unsigned width, uint64_t value,
                        const char *why, int line)
{
    uint64_t is = number_at(rfs, at, width);

    set_number(rfs, at, width, value);
    const char *error = look(&rfs->disk);
    set_number(rfs, at, width, is);
    if (why ? !error || !strstr(error, why) : error != NULL)
        fail_msg("line %d: %s", line, error ? error : "no error");
}
#define FIELD(at, width, value, why) check_field(rfs, at, width, value, why, __LINE__)

/* --- bounds -------------------------------------------------------------------------------- */

static void bounds_of_super(void **state)
{
    struct reiserfs_disk *rfs = *state;

    FIELD(SUPER + 52, 1, 'r', "cannot read the ReiserFS of the image: there is no superblock");
    FIELD(SUPER + 58, 1, '4', "there is no superblock of ReiserFS");
    FIELD(SUPER + 44, 2, 256, "its block size is 256");
    FIELD(SUPER + 44, 2, 513, "its block size is 513");
    FIELD(SUPER + 44, 2, 16384, "its block size is 16384");
    FIELD(SUPER, 4, 0, "its number of blocks is 0");
    FIELD(SUPER, 4, BLOCKS + 1, "which is more than its partition");
    FIELD(SUPER + 8, 4, UINT32_MAX, "reiserfsck began to rebuild its tree");
    FIELD(SUPER + 8, 4, BLOCKS, "block 8192 of its tree is outside the filesystem");
    FIELD(SUPER + 8, 4, BLOCKS - 1, "is not of the level");
    FIELD(SUPER + 68, 2, 1, "its tree's height is 1");
    FIELD(SUPER + 68, 2, 7, "its tree's height is 7");
    FIELD(SUPER + 68, 2, 6, "is not of the level");
    /* a log of unusual size: the version counts */
    FIELD(SUPER + 72, 2, 1, "its version is 1");
    FIELD(SUPER + 72, 2, 0, NULL);
    FIELD(8192 + 20, 8, le64toh(*(const uint64_t *)"ReIsErFs"), "it is of a version without a log");
    rfs->disk.size = SUPER + 75;
    FIELD(0, 1, 0, "there is no superblock of ReiserFS");
}

static void check_note(struct reiserfs_disk *rfs, size_t at, unsigned width, uint64_t value,
                       const char *note, int line)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *is = NULL;
    uint64_t before = number_at(rfs, at, width);

    set_number(rfs, at, width, value);
    (void)look(&rfs->disk);
    if (reiserfs_filesystem.open(NULL, &rfs->disk.volume, &is, &err) < 0)
        fail_msg("line %d: %s", line, err.text);
    reiserfs_filesystem.close(&rfs->disk.volume);
    set_number(rfs, at, width, before);
    if (note ? !is || !strstr(is, note) : is != NULL)
        fail_msg("line %d: %s", line, is ? is : "no note");
}
#define NOTE(at, width, value, note) check_note(rfs, at, width, value, note, __LINE__)

static void bounds_of_log(void **state)
{
    static const char impossible[] = "its log has an impossible place and is not read";
    struct reiserfs_disk *rfs = *state;

    /* of one whose number is not looked at */
    set_number(rfs, SUPER + 58, 1, '2');
    NOTE(SUPER + 20, 4, REISERFS_LOG_MIN - 1, impossible);
    NOTE(SUPER + 20, 4, REISERFS_LOG_MIN, NULL);
    NOTE(SUPER + 20, 4, REISERFS_LOG_MAX * BLOCK, NULL);
    NOTE(SUPER + 20, 4, REISERFS_LOG_MAX * BLOCK + 1, impossible);
    NOTE(SUPER + 20, 4, UINT32_MAX, impossible);
    NOTE(SUPER + 12, 4, 15, impossible);
    NOTE(SUPER + 12, 4, 16, NULL);
    NOTE(SUPER + 12, 4, BLOCKS - LOG_BLOCKS, impossible);
    NOTE(SUPER + 12, 4, BLOCKS - LOG_BLOCKS - 1, NULL);
    NOTE(SUPER + 12, 4, UINT32_MAX, impossible);
    NOTE(SUPER + 16, 4, 1, "its log is on another device and is not read");
    set_number(rfs, SUPER + 58, 1, '3');
    NOTE(SUPER + 28, 4, number_at(rfs, SUPER + 28, 4), NULL);
    NOTE(SUPER + 28, 4, 1, "its log is another filesystem's and is not read");
}

static void bounds_of_nodes(void **state)
{
    struct reiserfs_disk *rfs = *state;
    size_t root = (size_t)rfs->root * BLOCK, item = find_item(rfs, KERNEL, STAT);
    size_t leaf = item / BLOCK * BLOCK, keys = number_at(rfs, root + 2, 2);
    size_t count = number_at(rfs, leaf + 2, 2), child = root + HEAD + keys * 16;

    FIELD(root, 2, 1, "is not of the level");
    FIELD(root + 2, 2, 0, "has an impossible number of items");
    FIELD(root + 2, 2, (BLOCK - HEAD - 8) / 24 + 1, "has an impossible number of items");
    FIELD(leaf, 2, 2, "is not of the level");
    FIELD(leaf + 2, 2, 0, "has an impossible number of items");
    FIELD(leaf + 2, 2, (BLOCK - HEAD) / 25 + 1, "has an impossible number of items");
    FIELD(child, 4, BLOCKS, "block 8192 of its tree is outside the filesystem");
    FIELD(child, 4, rfs->root, "is not of the level");
    FIELD(item + 18, 2, 0, "has an item outside it");
    FIELD(item + 18, 2, 45, "is described with an impossible length");
    FIELD(item + 20, 2, HEAD + count * ITEM - 1, "has an item outside it");
    FIELD(item + 20, 2, BLOCK - 43, "has an item outside it");
    FIELD(item + 22, 2, 2, "has an item of a kind that is not known");
    FIELD(item + 22, 2, 0x8001, NULL); /* a mark of reiserfsck */
    FIELD(item + 12, 4, 555, "has an item of a kind that is not known");
}

static void bounds_of_objects(void **state)
{
    struct reiserfs_disk *rfs = *state;
    size_t item = find_item(rfs, KERNEL, STAT), body = body_of(rfs, item);
    size_t link = body_of(rfs, find_item(rfs, LINK, STAT));

    FIELD(item + 18, 2, 43, "is described with an impossible length");
    FIELD(body + 8, 8, UINT64_C(1) << 63, "has an impossible size");
    FIELD(body + 8, 8, INT64_MAX, NULL); /* zeros, behind what there is */
    FIELD(link + 8, 8, 0, "has an impossible length");
    FIELD(link + 8, 8, REISERFS_LINK_MAX, "is cut off");
    FIELD(link + 8, 8, REISERFS_LINK_MAX + 1, "has an impossible length");
    FIELD(body_of(rfs, find_item(rfs, ROOT, STAT)), 2, S_IFREG, "the root is not a directory");
    FIELD(find_item(rfs, ROOT, STAT) + 4, 4, 1, "object 2 is not there");
}

static void bounds_of_files(void **state)
{
    struct reiserfs_disk *rfs = *state;
    size_t blocks = find_item(rfs, KERNEL, INDIRECT), pointers = body_of(rfs, blocks);
    size_t tail = find_item(rfs, TAIL, DIRECT);

    FIELD(pointers, 4, BLOCKS - 1, NULL);
    FIELD(pointers, 4, BLOCKS, "has a block outside the filesystem");
    FIELD(pointers, 4, 0, NULL);
    FIELD(blocks + 18, 2, number_at(rfs, blocks + 18, 2) - 1, "has blocks at an impossible place");
    FIELD(blocks + 8, 8, UINT64_C(1) << 60 | 2, "has blocks at an impossible place");
    FIELD(blocks + 8, 8, UINT64_C(1) << 60, "object 3 is not there");
    FIELD(blocks + 8, 8, UINT64_C(1) << 60 | (BLOCK + 1), "has items that overlap");
    FIELD(blocks + 8, 8, UINT64_C(3) << 60 | 1, "has an item that is none of a file");
    FIELD(tail + 8, 8, UINT64_C(2) << 60, "object 5 is not there");
    FIELD(tail + 8, 8, UINT64_C(2) << 60 | 201, NULL); /* behind the end */
}

static void bounds_of_directories(void **state)
{
    struct reiserfs_disk *rfs = *state;
    size_t item = find_item(rfs, MANY_NAMES, DIRECTORY), body = body_of(rfs, item);
    unsigned length = (unsigned)number_at(rfs, item + 18, 2);
    unsigned count = (unsigned)number_at(rfs, item + 16, 2);

    assert_true(count > 2);
    FIELD(item + 16, 2, length / 16 + 1, "has more entries than it has room for");
    FIELD(item + 16, 2, UINT16_MAX, "has more entries than it has room for");
    FIELD(body + 12, 2, length + 1, "has a name outside it");
    FIELD(body + 12, 2, count * 16 - 1, "has a name outside it");
    FIELD(body + 12, 2, length, "has a name of an impossible length");
    FIELD(body + 16 + 12, 2, number_at(rfs, body + 12, 2) + 1, "has a name outside it");
    FIELD(body + 2 * 16 + 14, 2, 0, NULL); /* not to be seen */
    FIELD(body + 2 * 16 + 8, 4, 12345, "object 12345 is not there");
    FIELD(item + 8, 8, UINT64_C(1) << 60 | 1, "has an item that is none of a directory");
    /* a directory in itself */
    FIELD(body + 2 * 16 + 4, 8, (uint64_t)MANY_NAMES << 32 | ROOT, NULL);
}

/* --- the log ------------------------------------------------------------------------------- */

/* Without the first transaction there is an empty root. */
static void check_ignored(struct reiserfs_disk *rfs, size_t at, unsigned width, uint64_t value,
                          bool ignored, int line)
{
    uint64_t is = number_at(rfs, at, width);

    set_number(rfs, at, width, value);
    (void)look(&rfs->disk);
    set_number(rfs, at, width, is);
    if ((rfs->disk.nodes < rfs->all) != ignored)
        fail_msg("line %d: %u of %zu", line, rfs->disk.nodes, rfs->all);
}
#define IGNORED(at, width, value) check_ignored(rfs, at, width, value, true, __LINE__)
#define COUNTS(at, width, value)  check_ignored(rfs, at, width, value, false, __LINE__)

static void bounds_of_transactions(void **state)
{
    struct reiserfs_disk *rfs = *state;
    size_t first = (LOG + 5) * BLOCK, header = (LOG + LOG_BLOCKS) * BLOCK;
    uint32_t count = (uint32_t)number_at(rfs, first + 4, 4);
    size_t last = first + (count + 1) * BLOCK;

    COUNTS(first, 4, number_at(rfs, first, 4));
    IGNORED(first, 4, 6);
    IGNORED(first, 4, 8);
    IGNORED(first + 4, 4, 0);
    IGNORED(first + 4, 4, count + 1);
    IGNORED(first + 4, 4, UINT32_MAX);
    IGNORED(first + 8, 4, 4);
    IGNORED(first + BLOCK - 12, 1, 'r');
    IGNORED(last, 4, 8);
    IGNORED(last + 4, 4, count - 1);
    IGNORED(header, 4, 7);
    COUNTS(header, 4, 5); /* ids may have gaps */
    IGNORED(header, 4, 0);
    IGNORED(header + 4, 4, LOG_BLOCKS);
    IGNORED(header + 4, 4, LOG_BLOCKS - 1);
    IGNORED(header + 8, 4, 4);
    IGNORED(SUPER + 24, 4, count - 1);
    COUNTS(SUPER + 24, 4, count);
    COUNTS(SUPER + 24, 4, 0);
}

static void bounds_of_homes(void **state)
{
    struct reiserfs_disk *rfs = *state;
    size_t home = (LOG + 5) * BLOCK + 12 + 4 * 100;

    FIELD(home, 4, 0, "its log holds a block 0, which cannot be");
    FIELD(home, 4, BLOCKS, "its log holds a block 8192, which cannot be");
    FIELD(home, 4, BLOCKS - 1, NULL);
    FIELD(home, 4, LOG - 1, NULL);
    FIELD(home, 4, LOG, "its log holds a block 130, which cannot be");
    FIELD(home, 4, LOG + LOG_BLOCKS, "its log holds a block 642, which cannot be");
}

/* What the log has in the place of the superblock. */
static void super_in_log(void **state)
{
    struct reiserfs_disk *rfs = *state;
    size_t super = 0;

    for (size_t i = LOG; i < LOG + LOG_BLOCKS; i++)
        if (memcmp(rfs->disk.memory.bytes + i * BLOCK + 52, "ReIsEr3Fs", 9) == 0)
            super = i * BLOCK;
    assert_true(super > 0);
    FIELD(super + 52, 1, 'r', "its log holds a superblock that is none");
    FIELD(super + 44, 2, 256, "its block size is 256");
    FIELD(super, 4, BLOCKS + 1, "which is more than its partition");
    FIELD(super + 8, 4, BLOCKS, "is outside the filesystem");
}

/* --- each field ---------------------------------------------------------------------------- */

static void look_again(void *context)
{
    (void)look(context);
}

static struct damage damage_of(struct reiserfs_disk *rfs)
{
    return (struct damage){
        .bytes = rfs->disk.memory.bytes, .look = look_again, .context = &rfs->disk};
}

static void check_mended(struct reiserfs_disk *rfs)
{
    if (look(&rfs->disk))
        fail_msg("not mended: %s", rfs->disk.first_error);
}

/* Places of 64 bytes where numbers are. */
static size_t places_of(const struct reiserfs_disk *rfs, struct damage_place places[PLACES_MAX])
{
    size_t item = find_item(rfs, ROOT, DIRECTORY), count = 0;

    places[count++].at = SUPER;
    places[count++].at = SUPER + 40;
    places[count++].at = (size_t)rfs->root * BLOCK;
    places[count++].at = (size_t)rfs->root * BLOCK + BLOCK - 64;
    for (unsigned object = ROOT; object <= MANY_NAMES; object++)
        places[count++].at = find_item(rfs, object, STAT) / BLOCK * BLOCK;
    places[count++].at = item;
    places[count++].at = body_of(rfs, item);
    places[count++].at = body_of(rfs, find_item(rfs, KERNEL, STAT));
    places[count++].at = find_item(rfs, KERNEL, INDIRECT);
    places[count++].at = (LOG + 5) * BLOCK;
    places[count++].at = (LOG + LOG_BLOCKS) * BLOCK;
    for (size_t i = 0; i < count; i++)
        places[i].length = 64;
    return count;
}

static void each_field(void **state)
{
    struct reiserfs_disk *rfs = *state;
    const struct damage damage = damage_of(rfs);
    struct damage_place places[PLACES_MAX];
    size_t count = places_of(rfs, places);

    for (size_t i = 0; i < count; i++) {
        damage_fields(&damage, places[i], 2);
        damage_fields(&damage, places[i], 4);
    }
    check_mended(rfs);
}

static void random_damage(void **state)
{
    struct reiserfs_disk *rfs = *state;
    const struct damage damage = damage_of(rfs);
    struct damage_place places[PLACES_MAX];
    size_t count = places_of(rfs, places);

    damage_at_random(&damage, places, count);
    check_mended(rfs);
}

int main(void)
{
#define PLAIN(name)  cmocka_unit_test_setup_teardown(name, setup_plain, teardown_disk)
#define LOGGED(name) cmocka_unit_test_setup_teardown(name, setup_logged, teardown_disk)
    const struct CMUnitTest tests[] = {
        PLAIN(bounds_of_super),       LOGGED(bounds_of_transactions),
        PLAIN(bounds_of_log),         LOGGED(bounds_of_homes),
        PLAIN(bounds_of_nodes),       LOGGED(super_in_log),
        PLAIN(bounds_of_objects),     PLAIN(each_field),
        PLAIN(bounds_of_files),       LOGGED(each_field),
        PLAIN(bounds_of_directories), PLAIN(random_damage),
        LOGGED(random_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
