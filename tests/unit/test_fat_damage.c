/* FAT with damage: whatever a field says, the reader ends with an answer or a sentence, and what it
 * answers is inside the filesystem; and its bounds, one by one.
 *
 * With LONG in the environment, thousands of filesystems with random damage, else some hundred.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/fat/fat_private.h"
#include "tests/unit/damage.h"
#include "tests/unit/fat_fixture.h"
#include "tests/unit/fs_disk.h"

#define SECTOR 512
#define ENTRY  FAT_ENTRY_SIZE

/* A filesystem of each kind, in clusters of one sector. */
struct fat_disk {
    struct disk disk; /* first */
    unsigned bits;
    size_t table, root, data; /* where they are, in bytes into the disk */
    uint32_t clusters;
};

static uint32_t number_at(const struct fat_disk *fat, size_t at, unsigned width)
{
    uint32_t value = 0;

    memcpy(&value, fat->disk.memory.bytes + at, width);
    return le32toh(value);
}

static void set_number(struct fat_disk *fat, size_t at, unsigned width, uint32_t value)
{
    value = htole32(value);
    memcpy(fat->disk.memory.bytes + at, &value, width);
}

static int setup_disk(void **state, unsigned bits)
{
    struct fat_disk *fat = xcalloc(1, sizeof *fat);
    auto_free char *kind = xasprintf("%u", bits);
    void *fixture;

    setup(&fixture);
    put_file("root/a-kernel", 20 * SECTOR + 100);
    put_names("root/some", 1, "the-name-", "");
    put_names("root/the-vmlinuz", 30, "vmlinuz-", "-with-a-name");
    MAKE(bits == 12   ? 1800
         : bits == 16 ? 2600
                      : 34000,
         "-F", kind, "-s", "1", "-f", "1", "-R", "32", "-r", "64", "-a");
    for (unsigned i = 1; i < 3; i++) {
        auto_free char *name = xasprintf("the-name-%u", i);
        put_text(name, "");
        put_into(name, "::/some");
    }
    load_disk(&fat->disk, &fat_filesystem);
    teardown(&fixture);
    fat->bits = bits;
    fat->disk.absent[0] = "/some/none";
    size_t table = bits == 32 ? number_at(fat, 36, 4) : number_at(fat, 22, 2);
    fat->table = 32 * SECTOR;
    fat->root = fat->table + table * SECTOR;
    fat->data = fat->root + (bits == 32 ? 0 : 64 * ENTRY);
    fat->clusters = (uint32_t)((fat->disk.size - fat->data) / SECTOR);
    *state = fat;
    return 0;
}
static int setup_12(void **state)
{
    return setup_disk(state, 12);
}
static int setup_16(void **state)
{
    return setup_disk(state, 16);
}
static int setup_32(void **state)
{
    return setup_disk(state, 32);
}

static int teardown_disk(void **state)
{
    struct fat_disk *fat = *state;

    end_disk(&fat->disk);
    free(fat);
    return 0;
}

static size_t cluster_at(const struct fat_disk *fat, uint32_t cluster)
{
    return fat->data + (size_t)(cluster - FAT_FIRST) * SECTOR;
}

/* Where the entry is that has this short name. */
static size_t find_entry(const struct fat_disk *fat, size_t directory, const char *name)
{
    for (size_t at = directory; at < directory + 64 * ENTRY; at += ENTRY)
        if (memcmp(fat->disk.memory.bytes + at, name, strlen(name)) == 0)
            return at;
    fail_msg("no %s", name);
    return 0;
}

static uint32_t first_cluster(const struct fat_disk *fat, size_t entry)
{
    return number_at(fat, entry + 26, 2);
}

static void set_next(struct fat_disk *fat, uint32_t cluster, uint32_t next)
{
    size_t at = fat->table + (size_t)cluster * fat->bits / 8;

    if (fat->bits != 12)
        set_number(fat, at, fat->bits / 8, next);
    else if (cluster % 2)
        set_number(fat, at, 2, (number_at(fat, at, 2) & 0xf) | next << 4);
    else
        set_number(fat, at, 2, (number_at(fat, at, 2) & 0xf000) | next);
}

static void nothing_is_damaged(void **state)
{
    struct fat_disk *fat = *state;

    if (look(&fat->disk))
        fail_msg("%s", fat->disk.first_error);
    assert_true(fat->disk.nodes > 10);
}

/* --- bounds -------------------------------------------------------------------------------- */

static void check_looks(struct fat_disk *fat, const char *why, int line)
{
    const char *error = look(&fat->disk);

    if (why ? !error || !strstr(error, why) : error != NULL)
        fail_msg("line %d: %s", line, error ? error : "no error");
}
#define LOOK(why) check_looks(fat, why, __LINE__)

static void check_field(struct fat_disk *fat, size_t at, unsigned width, uint32_t value,
                        const char *why, int line)
{
    uint32_t is = number_at(fat, at, width);

    set_number(fat, at, width, value);
    check_looks(fat, why, line);
    set_number(fat, at, width, is);
}
#define FIELD(at, width, value, why) check_field(fat, at, width, value, why, __LINE__)

static void bounds_of_super(void **state)
{
    struct fat_disk *fat = *state;
    bool large = fat->bits == 32;
    uint32_t data = (uint32_t)(fat->data / SECTOR);
    size_t all_at = large ? 32 : 19;

    FIELD(510, 2, 0xAA54, "cannot read the FAT of the image: there is no first sector of a FAT");
    FIELD(11, 2, 0, "its sector size is 0");
    FIELD(11, 2, 256, "its sector size is 256");
    FIELD(11, 2, 8192, "its sector size is 8192");
    FIELD(11, 2, 513, "its sector size is 513");
    FIELD(13, 1, 0, "its number of sectors per cluster is 0");
    FIELD(13, 1, 3, "its number of sectors per cluster is 3");
    FIELD(14, 2, 0, "its number of reserved sectors is 0");
    FIELD(16, 1, 0, "its number of tables is 0");
    if (large)
        FIELD(36, 4, 0, "its size of a table is 0");
    FIELD(all_at, large ? 4 : 2, data, "its number of sectors is");
    if (!large)
        FIELD(all_at, 2, data + 1, "it is larger than the filesystem"); /* of one cluster */
    else
        FIELD(all_at, 4, data + 1, "it is larger than the filesystem");
}

static void bounds_of_32(void **state)
{
    struct fat_disk *fat = *state;

    FIELD(44, 4, 0, "its first cluster of the root is 0");
    FIELD(44, 4, 1, "its first cluster of the root is 1");
    FIELD(44, 4, fat->clusters + 1, NULL);
    FIELD(44, 4, fat->clusters + 2, "its first cluster of the root is");
    FIELD(40, 2, 0x80, NULL);
    FIELD(40, 2, 0x81, "its number of the table that counts is 1");
    FIELD(40, 2, 0x01, NULL);
    /* as many clusters as 28 bits can number, and one more */
    set_number(fat, 36, 4, 0x200000);
    uint32_t data = 32 + 0x200000;
    uint32_t is = number_at(fat, 32, 4);
    FIELD(32, 4, data + FAT_32_CLUSTERS + 1, "its number of clusters is 268435445");
    FIELD(32, 4, data + FAT_32_CLUSTERS, "past the end of the volume");
    assert_int_equal(number_at(fat, 32, 4), is);
}

/* A FAT16 with more clusters than it has numbers for. */
static void bounds_of_16(void **state)
{
    struct fat_disk *fat = *state;
    uint32_t data = (uint32_t)(fat->data / SECTOR);

    set_number(fat, 19, 2, 0);
    FIELD(32, 4, data + FAT_16_CLUSTERS, NULL);
    FIELD(32, 4, data + FAT_16_CLUSTERS + 1, "its number of clusters is 65525");
}

static void bounds_of_chains(void **state)
{
    struct fat_disk *fat = *state;
    size_t entry = find_entry(fat, fat->root, "A-KERNEL");
    uint32_t first = first_cluster(fat, entry), last = first + 20;
    uint32_t end = fat->bits == 32 ? 0x0fffffff : (1u << fat->bits) - 1;

    set_next(fat, last, fat->clusters + 1); /* behind what is needed */
    LOOK(NULL);
    set_next(fat, last, end);
    set_next(fat, last - 1, fat->clusters + 1);
    LOOK(NULL);
    set_next(fat, last - 1, fat->clusters + 2);
    LOOK("and there is none");
    set_next(fat, last - 1, 1);
    LOOK("goes on at 1, and there is none");
    set_next(fat, last - 1, 0);
    LOOK("goes on at 0, and there is none");
    set_next(fat, last - 1, end - 8); /* damaged */
    LOOK("and there is none");
    set_next(fat, last - 1, end - 7);
    LOOK("its chain of clusters ends at byte 10240");
    set_next(fat, last - 1, last);
    LOOK(NULL);
    FIELD(entry + 26, 2, 0, "it has a cluster 0, and there is none");
    FIELD(entry + 28, 4, 21 * SECTOR, NULL);
    FIELD(entry + 28, 4, 21 * SECTOR + 1, "its chain of clusters ends at byte 10752");
    FIELD(entry + 28, 4, fat->clusters * SECTOR + 1, "it is larger than the filesystem");
    /* a circle as long as the filesystem */
    set_next(fat, last, first);
    FIELD(entry + 28, 4, fat->clusters * SECTOR, NULL);
    set_next(fat, last, end);
    /* no clusters, and no need of them */
    set_number(fat, entry + 26, 2, 0);
    set_number(fat, entry + 28, 4, 0);
    LOOK(NULL);
}

static void bounds_of_directories(void **state)
{
    struct fat_disk *fat = *state;
    size_t entry = find_entry(fat, fat->root, "SOME");
    uint32_t some = first_cluster(fat, entry);
    uint32_t end = fat->bits == 32 ? 0x0fffffff : (1u << fat->bits) - 1;
    unsigned char *bytes = fat->disk.memory.bytes + cluster_at(fat, some);

    FIELD(entry + 26, 2, 0, "it has a cluster 0, and there is none");
    /* the root in itself, where it has a number; a directory in itself */
    if (fat->bits == 32)
        FIELD(entry + 26, 2, 2, NULL);
    set_number(fat, cluster_at(fat, some) + 2 * ENTRY + ENTRY + 26, 2, some);
    bytes[3 * ENTRY + 11] = 0x10;
    LOOK(NULL);
    bytes[3 * ENTRY + 11] = 0x20;
    /* a circle without an end mark, full of free entries */
    for (size_t i = 0; i < SECTOR; i += ENTRY)
        bytes[i] = 0xE5;
    set_next(fat, some, some);
    LOOK("a directory has more than 65536 entries");
    set_next(fat, some, end);
    LOOK(NULL);
}

/* A directory of exactly as many entries as one may have, and of one cluster more. */
static void most_entries(void **state)
{
    struct fat_disk *fat = *state;
    uint32_t some = first_cluster(fat, find_entry(fat, fat->root, "SOME"));
    uint32_t count = FAT_DIRECTORY_MAX / SECTOR, first = fat->clusters - count;

    for (uint32_t i = first; i < first + count; i++) {
        memset(fat->disk.memory.bytes + cluster_at(fat, i), 0xE5, SECTOR);
        set_next(fat, i, i + 1);
    }
    memset(fat->disk.memory.bytes + cluster_at(fat, some), 0xE5, SECTOR);
    set_next(fat, first + count - 1, 0x0fffffff);
    set_next(fat, some, first + 1);
    LOOK(NULL);
    set_next(fat, some, first);
    LOOK("a directory has more than 65536 entries");
}

/* --- names --------------------------------------------------------------------------------- */

static bool note_name(void *context, const char *name)
{
    buffer_addf(context, "%s ", name);
    return true;
}

static void check_names(struct fat_disk *fat, const char *expected, int line)
{
    auto_buffer struct buffer names = BUFFER_INIT(4096);
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;

    look(&fat->disk);
    assert_int_equal(fat_filesystem.open(NULL, &fat->disk.volume, &note, &err), 0);
    assert_int_equal(fat_filesystem.list(&fat->disk.volume, "/some", note_name, &names, &err), 1);
    fat_filesystem.close(&fat->disk.volume);
    if (strcmp(buffer_text(&names), expected) != 0)
        fail_msg("line %d: %s", line, buffer_text(&names));
}
#define NAMES(expected) check_names(fat, expected, __LINE__)

/* A long name counts when all of it is there, in its order, and is this entry's. */
static void long_names(void **state)
{
    struct fat_disk *fat = *state;
    size_t at = cluster_at(fat, first_cluster(fat, find_entry(fat, fat->root, "SOME"))) + 2 * ENTRY;
    unsigned char *part = fat->disk.memory.bytes + at;

    NAMES("the-name-0 the-name-1 the-name-2 ");
    struct {
        size_t at;
        unsigned char value;
    } wrong[] = {{0, 0x01}, {0, 0x42}, {0, 0x40},
                 {0, 0x55}, {0, 0x5f}, {13, (unsigned char)~part[13]},
                 {11, 0x08}};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        unsigned char is = part[wrong[i].at];
        part[wrong[i].at] = wrong[i].value;
        NAMES("the-na~1 the-name-1 the-name-2 ");
        part[wrong[i].at] = is;
    }
    /* no name at all, half of a pair, both halves, a slash */
    memcpy(part + 1, "\0\0", 2);
    NAMES("the-name-1 the-name-2 ");
    memcpy(part + 1, "\x00\xd8", 2);
    NAMES("\xef\xbf\xbd"
          "he-name-0 the-name-1 the-name-2 ");
    memcpy(part + 1, "\x3d\xd8\x00\xde", 4);
    NAMES("\xf0\x9f\x98\x80"
          "e-name-0 the-name-1 the-name-2 ");
    memcpy(part + 1, "/\0", 2);
    NAMES("the-name-1 the-name-2 ");
    memcpy(part + 1, "t\0h\0", 4);
    /* the short ones: free, the character of that number, no name, a label */
    part += ENTRY;
    part[0] = 0xE5;
    NAMES("the-name-1 the-name-2 ");
    part[0] = 0x05;
    NAMES("\xe5"
          "he-na~1 the-name-1 the-name-2 ");
    memset(part, ' ', 11);
    NAMES("the-name-1 the-name-2 ");
    memcpy(part, "X", 1);
    NAMES("x the-name-1 the-name-2 ");
    memcpy(part + 8, "Yz", 2);
    NAMES("x.yz the-name-1 the-name-2 ");
    part[11] |= 0x08;
    NAMES("the-name-1 the-name-2 ");
    part[0] = 0;
    NAMES("");
}

/* A name of PARTS parts, of 13 letters each, but at most 255, for the entry "X", in all of BYTES.
 */
static void put_long_name(unsigned char *bytes, unsigned parts)
{
    uint8_t sum = 0;

    memcpy(bytes + parts * ENTRY, "X          ", 11);
    for (size_t i = 0; i < 11; i++)
        sum = (uint8_t)((sum >> 1 | sum << 7) + bytes[parts * ENTRY + i]);
    for (unsigned i = 0; i < parts; i++) {
        unsigned char *part = bytes + i * ENTRY;
        memcpy(part, "?n\0n\0n\0n\0n\0\x0f\0?n\0n\0n\0n\0n\0n\0\0\0n\0n\0", ENTRY);
        part[0] = (unsigned char)((parts - i) | (i ? 0 : 0x40));
        part[13] = sum;
        if (parts - i == 20)
            memset(part + 20, 0, ENTRY - 20);
    }
}

/* The longest that there are have 20 parts; 21 are none. */
static void longest_names(void **state)
{
    struct fat_disk *fat = *state;
    size_t entry = find_entry(fat, fat->root, "SOME");
    uint32_t first = fat->clusters / 2;
    unsigned char *bytes = fat->disk.memory.bytes + cluster_at(fat, first);
    auto_error struct error err = ERROR_INIT;
    struct file_status status;

    set_number(fat, entry + 26, 2, first);
    set_next(fat, first, first + 1);
    set_next(fat, first + 1, fat->bits == 12 ? 0xfff : fat->bits == 16 ? 0xffff : 0x0fffffff);
    for (unsigned parts = 19; parts <= 21; parts++) {
        auto_free char *name = text_of('n', parts == 19 ? 19 * 13 : 255);
        auto_free char *path = xasprintf("/some/%s", name), *note = NULL;
        memset(bytes, 0, 2 * SECTOR);
        put_long_name(bytes, parts);
        look(&fat->disk);
        assert_int_equal(fat_filesystem.open(NULL, &fat->disk.volume, &note, &err), 0);
        assert_int_equal(fat_filesystem.status(&fat->disk.volume, path, &status, &err) == 1,
                         parts <= 20);
        assert_int_equal(fat_filesystem.status(&fat->disk.volume, "/some/x", &status, &err), 1);
        fat_filesystem.close(&fat->disk.volume);
    }
}

/* --- each field ---------------------------------------------------------------------------- */

static void look_again(void *context)
{
    (void)look(context);
}

static struct damage damage_of(struct fat_disk *fat)
{
    return (struct damage){
        .bytes = fat->disk.memory.bytes, .look = look_again, .context = &fat->disk};
}

static void check_mended(struct fat_disk *fat)
{
    if (look(&fat->disk))
        fail_msg("not mended: %s", fat->disk.first_error);
}

static void each_field(void **state)
{
    struct fat_disk *fat = *state;
    const struct damage damage = damage_of(fat);
    size_t some = cluster_at(fat, first_cluster(fat, find_entry(fat, fat->root, "SOME")));

    damage_fields(&damage, (struct damage_place){0, 90}, 1);
    for (size_t at = 0; at < 90; at += 2)
        damage_field(&damage, at, at % 4 ? 2 : 4);
    for (size_t at = 0; at < 128; at += 2)
        damage_field(&damage, fat->table + at, at % 4 ? 2 : 4);
    for (size_t at = 0; at < 8 * ENTRY; at++) {
        damage_field(&damage, fat->root + at, 1);
        damage_field(&damage, some + at, at % 4 ? 1 : 4);
    }
    check_mended(fat);
}

static void random_damage(void **state)
{
    struct fat_disk *fat = *state;
    const struct damage damage = damage_of(fat);
    size_t some = cluster_at(fat, first_cluster(fat, find_entry(fat, fat->root, "SOME")));
    const struct damage_place places[] = {
        {0, 90}, {fat->table, 200}, {fat->root, 512}, {some, 512}};

    damage_at_random(&damage, places, ARRAY_SIZE(places));
    check_mended(fat);
}

int main(void)
{
#define WITH(bits, name)                                               \
    {                                                                  \
#name " of FAT" #bits, name, setup_##bits, teardown_disk, NULL \
    }
#define ALL(name) WITH(12, name), WITH(16, name), WITH(32, name)
    const struct CMUnitTest tests[] = {
        ALL(nothing_is_damaged), ALL(bounds_of_super),   WITH(16, bounds_of_16),
        WITH(32, bounds_of_32),  ALL(bounds_of_chains),  ALL(bounds_of_directories),
        WITH(16, most_entries),  WITH(32, most_entries), ALL(long_names),
        ALL(longest_names),      ALL(each_field),        ALL(random_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
