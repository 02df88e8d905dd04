/* ISO 9660 with damage: whatever a field says, the reader ends with an answer or a sentence, and
 * what it answers is inside the filesystem; and its bounds, one by one.
 *
 * With LONG in the environment, thousands of filesystems with random damage, else some hundred.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/bytes.h"
#include "fsprobe/fs/iso9660/iso9660_private.h"
#include "tests/unit/damage.h"
#include "tests/unit/fs_disk.h"
#include "tests/unit/iso9660_fixture.h"

#define PRIMARY (16 * ISO_SECTOR)
#define ROOT_AT 156

struct iso_disk {
    struct disk disk; /* first */
    size_t root;      /* of the names that are used; in bytes into the disk */
};

static uint32_t number_at(const struct iso_disk *iso, size_t at, unsigned width)
{
    uint32_t value = 0;

    memcpy(&value, iso->disk.memory.bytes + at, width);
    return le32toh(value);
}

static void set_number(struct iso_disk *iso, size_t at, unsigned width, uint32_t value)
{
    value = htole32(value);
    memcpy(iso->disk.memory.bytes + at, &value, width);
}

/* OPTION is -R, -J, or NULL for neither. */
static int setup_disk(void **state, const char *program, const char *option)
{
    struct iso_disk *iso = xcalloc(1, sizeof *iso);
    void *fixture;

    setup(&fixture);
    put_file("root/a_kernel", 20 * ISO_SECTOR + 100);
    put_text("root/b_text", "text");
    assert_int_equal(mkdir("root/e", 0755), 0);
    put_names("root/e/some", 3, "name_", "");
    put_names("root/many", 60, "n", ".x");
    if (option && strcmp(option, "-R") == 0) {
        assert_int_equal(symlink("a_kernel", "root/c_link"), 0);
        put_link("root/d_long", 600);
    }
    MAKE(program, "-no-pad", option);
    load_disk(&iso->disk, &iso9660_filesystem);
    teardown(&fixture);
    iso->disk.absent[0] = "/many/none";
    iso->disk.absent[1] = "/d_long";
    size_t descriptor = PRIMARY;
    while (option && strcmp(option, "-J") == 0 && iso->disk.memory.bytes[descriptor] != 2)
        descriptor += ISO_SECTOR;
    iso->root = (size_t)number_at(iso, descriptor + ROOT_AT + 2, 4) * ISO_SECTOR;
    *state = iso;
    return 0;
}
static int setup_rock(void **state)
{
    return setup_disk(state, "xorriso", "-R");
}
static int setup_joliet(void **state)
{
    return setup_disk(state, "genisoimage", "-J");
}
static int setup_plain(void **state)
{
    return setup_disk(state, "genisoimage", NULL);
}

static int teardown_disk(void **state)
{
    struct iso_disk *iso = *state;

    end_disk(&iso->disk);
    free(iso);
    return 0;
}

/* The record of the root whose name begins so. */
static size_t find_record(const struct iso_disk *iso, const char *name)
{
    const unsigned char *bytes = iso->disk.memory.bytes;

    for (size_t at = iso->root; bytes[at]; at += bytes[at])
        if (memcmp(bytes + at + 33, name, strlen(name)) == 0)
            return at;
    fail_msg("no %s", name);
    return 0;
}

/* The field of this name of the record at AT, or where its fields go on. */
static size_t find_field(const struct iso_disk *iso, size_t at, const char *name)
{
    const unsigned char *bytes = iso->disk.memory.bytes;
    size_t name_length = bytes[at + 32], end = at + bytes[at], next;

    at += 33 + name_length + (name_length % 2 == 0);
    for (unsigned i = 0; i < 8; i++, at = next, end = at + ISO_SECTOR) {
        next = 0;
        for (; at + 4 <= end && bytes[at + 2] >= 4; at += bytes[at + 2]) {
            if (memcmp(bytes + at, name, 2) == 0)
                return at;
            if (memcmp(bytes + at, "CE", 2) == 0)
                next = (size_t)number_at(iso, at + 4, 4) * ISO_SECTOR + number_at(iso, at + 12, 4);
        }
    }
    fail_msg("no %s", name);
    return 0;
}

static void nothing_is_damaged(void **state)
{
    struct iso_disk *iso = *state;

    if (look(&iso->disk))
        fail_msg("%s", iso->disk.first_error);
    assert_true(iso->disk.nodes > 12);
}

/* --- bounds -------------------------------------------------------------------------------- */

static void check_field(struct iso_disk *iso, size_t at, unsigned width, uint32_t value,
                        const char *why, int line)
{
    uint32_t is = number_at(iso, at, width);

    set_number(iso, at, width, value);
    const char *error = look(&iso->disk);
    set_number(iso, at, width, is);
    if (why ? !error || !strstr(error, why) : error != NULL)
        fail_msg("line %d: %s", line, error ? error : "no error");
}
#define FIELD(at, width, value, why) check_field(iso, at, width, value, why, __LINE__)

static void bounds_of_volume(void **state)
{
    struct iso_disk *iso = *state;
    uint32_t blocks = number_at(iso, PRIMARY + 80, 4);
    size_t root = PRIMARY + ROOT_AT;

    FIELD(PRIMARY + 1, 1, 'c',
          "cannot read the ISO 9660 of the image: there is no volume descriptor of ISO 9660");
    FIELD(PRIMARY, 1, 255, "there is no volume descriptor of ISO 9660");
    FIELD(PRIMARY, 1, 0, "there is no volume descriptor of ISO 9660");
    FIELD(PRIMARY + 128, 2, 256, "its block size is 256");
    FIELD(PRIMARY + 128, 2, 4096, "its block size is 4096");
    FIELD(PRIMARY + 80, 4, blocks - 1, "which is outside the filesystem");
    FIELD(PRIMARY + 80, 4, number_at(iso, root + 2, 4), "which is outside the filesystem");
    FIELD(PRIMARY + 80, 4, UINT32_MAX, NULL); /* cut off */
    FIELD(root, 1, 33, "has an impossible length");
    FIELD(root, 1, 35, "has an impossible length");
    FIELD(root + 32, 1, 2, "has an impossible length");
    FIELD(root + 25, 1, 0, "the root is not a directory");
    FIELD(root + 10, 4, 0, "the root is not a directory");
    FIELD(root + 10, 4, ISO_DIRECTORY_MAX + 1, "which is outside the filesystem");
    FIELD(root + 2, 4, UINT32_MAX, "which is outside the filesystem");
}

/* So many descriptors are read, and no more. */
static void most_descriptors(void **state)
{
    struct iso_disk *iso = *state;
    size_t shift = (ISO_DESCRIPTORS_MAX - 1) * ISO_SECTOR;

    for (unsigned more = 0; more < 2; more++) {
        unsigned char *bytes = xcalloc(1, iso->disk.size + ISO_DIRECTORY_MAX);
        memcpy(bytes, iso->disk.memory.bytes, iso->disk.size);
        /* (what is overwritten is not looked at) */
        for (size_t i = 0; i < ISO_DESCRIPTORS_MAX - 1 + more; i++)
            memcpy(bytes + PRIMARY + i * ISO_SECTOR, "\0CD001", 6);
        memcpy(bytes + PRIMARY + shift + more * ISO_SECTOR, iso->disk.memory.bytes + PRIMARY,
               ISO_SECTOR);
        unsigned char *kept = iso->disk.memory.bytes;
        iso->disk.memory.bytes = bytes;
        const char *error = look(&iso->disk);
        bool none = error && strstr(error, "there is no volume descriptor");
        iso->disk.memory.bytes = kept;
        free(bytes);
        assert_int_equal(none, more);
    }
}

/* A directory of as many bytes as one may have, and one more. */
static void largest_directory(void **state)
{
    struct iso_disk *iso = *state;
    size_t size = iso->disk.size;

    iso->disk.memory.bytes = xreallocarray(iso->disk.memory.bytes, 1, size + 2 * ISO_DIRECTORY_MAX);
    memset(iso->disk.memory.bytes + size, 0, 2 * ISO_DIRECTORY_MAX);
    iso->disk.size += 2 * ISO_DIRECTORY_MAX;
    set_number(iso, PRIMARY + 80, 4, (uint32_t)(iso->disk.size / ISO_SECTOR));
    memcpy(iso->disk.memory.bytes + size, iso->disk.memory.bytes + iso->root, ISO_SECTOR);
    set_number(iso, PRIMARY + ROOT_AT + 2, 4, (uint32_t)(size / ISO_SECTOR));
    FIELD(PRIMARY + ROOT_AT + 10, 4, ISO_DIRECTORY_MAX, NULL);
    FIELD(PRIMARY + ROOT_AT + 10, 4, ISO_DIRECTORY_MAX + 1,
          "a directory has more than 16777216 bytes");
}

static void bounds_of_records(void **state)
{
    struct iso_disk *iso = *state;
    size_t kernel = find_record(iso, "A_KERNEL"), text = find_record(iso, "B_TEXT");
    size_t end = number_at(iso, PRIMARY + 80, 4);
    size_t some = find_record(iso, "E");

    FIELD(kernel, 1, 33, "has an impossible length");
    FIELD(kernel + 32, 1, 255, "has an impossible length");
    FIELD(kernel + 26, 1, 1, "it is interleaved");
    FIELD(kernel + 27, 1, 1, "it is interleaved");
    FIELD(kernel + 2, 4, (uint32_t)end - 21, NULL);
    FIELD(kernel + 2, 4, (uint32_t)end - 20, "which is outside the filesystem");
    FIELD(kernel + 1, 1, 1, NULL);
    FIELD(kernel + 1, 1, 255, "which is outside the filesystem");
    FIELD(kernel + 10, 4, UINT32_MAX, "which is outside the filesystem");
    FIELD(kernel + 25, 1, 0x04, NULL);                            /* not shown */
    FIELD(text + 25, 1, 0x02, "has an impossible length");        /* text for records */
    FIELD(some + 2, 4, (uint32_t)(iso->root / ISO_SECTOR), NULL); /* the root in itself */
    FIELD(some + 25, 1, 0, NULL);
}

/* A file of as many parts as one may have, one less, and one more; the directory ends in one. */
static void bounds_of_parts(void **state)
{
    struct iso_disk *iso = *state;
    size_t size = iso->disk.size, directory = size, at = directory;
    const unsigned room = 64 * ISO_SECTOR;

    iso->disk.memory.bytes = xreallocarray(iso->disk.memory.bytes, 1, size + room);
    unsigned char *bytes = iso->disk.memory.bytes;
    iso->disk.size += room;
    set_number(iso, PRIMARY + 80, 4, (uint32_t)(iso->disk.size / ISO_SECTOR));
    set_number(iso, PRIMARY + ROOT_AT + 2, 4, (uint32_t)(directory / ISO_SECTOR));
    set_number(iso, PRIMARY + ROOT_AT + 10, 4, room);
    for (unsigned parts = ISO_PARTS_MAX - 1; parts <= ISO_PARTS_MAX + 1; parts++) {
        memset(bytes + directory, 0, room);
        at = directory;
        for (unsigned i = 0; i < parts; i++, at += 34) {
            if (at % ISO_SECTOR + 34 > ISO_SECTOR)
                at += ISO_SECTOR - at % ISO_SECTOR;
            memcpy(bytes + at, bytes + PRIMARY + ROOT_AT, 34);
            bytes[at + 25] = i + 1 < parts ? 0x80 : 0;
            bytes[at + 33] = 'A';
            set_number(iso, at + 10, 4, ISO_SECTOR);
        }
        const char *error = look(&iso->disk);
        if (parts <= ISO_PARTS_MAX ? error != NULL
                                   : !strstr(error, "a file is in more than 1024 parts"))
            fail_msg("%u: %s", parts, error);
    }
    memset(bytes + at - 34, 0, 34);
    assert_non_null(strstr(look(&iso->disk), "a directory ends inside a file"));
}

/* --- Rock Ridge ---------------------------------------------------------------------------- */

static void bounds_of_rock_ridge(void **state)
{
    struct iso_disk *iso = *state;
    size_t kernel = find_record(iso, "A_KERNEL"), directory = find_record(iso, "E");
    size_t name = find_field(iso, kernel, "NM"), mode = find_field(iso, kernel, "PX");
    size_t link = find_field(iso, find_record(iso, "C_LINK"), "SL");
    size_t longer = find_record(iso, "D_LONG"), next = find_field(iso, longer, "CE");

    FIELD(name + 2, 1, 3, NULL);
    FIELD(name + 2, 1, 255, NULL);
    FIELD(name + 4, 1, 2, NULL);
    FIELD(name, 2, 0x5453, NULL);             /* ST: nothing follows */
    FIELD(mode + 4, 4, S_IFIFO | 0644, NULL); /* no file */
    FIELD(mode + 4, 4, S_IFDIR | 0755, NULL); /* the record knows better */
    FIELD(link + 6, 1, 100, "a symbolic link has a piece behind its end");
    FIELD(link, 2, 0x4C43, "which is outside the filesystem"); /* CL */
    FIELD(next + 12, 4, ISO_SECTOR + 1, "what Rock Ridge says goes on across a sector");
    FIELD(next + 20, 4, ISO_SECTOR + 1 - number_at(iso, next + 12, 4), "goes on across a sector");
    FIELD(next + 20, 4, ISO_SECTOR - number_at(iso, next + 12, 4), NULL);
    FIELD(next + 4, 4, UINT32_MAX, "which is outside the filesystem");
    FIELD(mode, 2, 0x465A, "it is packed (zisofs), which is not known here");
    FIELD(mode, 2, 0x4552, NULL); /* RE: not shown */
    /* CL to what is no directory, to one, and outside */
    set_number(iso, mode, 2, 0x4C43);
    FIELD(mode + 4, 4, number_at(iso, kernel + 2, 4), "");
    FIELD(mode + 4, 4, number_at(iso, directory + 2, 4), NULL);
    FIELD(mode + 4, 4, UINT32_MAX, "which is outside the filesystem");
    set_number(iso, mode, 2, 0x5850);
    FIELD(iso->root + 34 + 6, 1, 200, NULL); /* skip all */
}

/* Pieces that go on in themselves. */
static void continued_in_a_circle(void **state)
{
    struct iso_disk *iso = *state;
    size_t record = find_record(iso, "D_LONG"), first = find_field(iso, record, "CE");
    size_t free_sector = (iso->disk.size / ISO_SECTOR - 3) * ISO_SECTOR; /* of the kernel */
    unsigned char *bytes = iso->disk.memory.bytes;

    /* a chain of pieces, of which the last one ends it */
    for (unsigned pieces = ISO_CONTINUED_MAX - 1; pieces <= ISO_CONTINUED_MAX + 1; pieces++) {
        memset(bytes + free_sector, 0, ISO_SECTOR);
        for (unsigned i = 0; i + 1 < pieces; i++) {
            unsigned char *field = bytes + free_sector + 32 * (size_t)i;
            memcpy(field, "CE\x1c\x01", 4);
            set_number(iso, free_sector + 32 * (size_t)i + 4, 4,
                       (uint32_t)(free_sector / ISO_SECTOR));
            set_number(iso, free_sector + 32 * (size_t)i + 12, 4, 32 * (i + 1));
            set_number(iso, free_sector + 32 * (size_t)i + 20, 4, 28);
        }
        set_number(iso, first + 4, 4, (uint32_t)(free_sector / ISO_SECTOR));
        set_number(iso, first + 12, 4, 0);
        set_number(iso, first + 20, 4, 28);
        const char *error = look(&iso->disk);
        if (pieces <= ISO_CONTINUED_MAX
                ? error != NULL
                : !error || !strstr(error, "what Rock Ridge says is in more than 32 pieces"))
            fail_msg("%u: %s", pieces, error ? error : "no error");
    }
    set_number(iso, free_sector + 12, 4, 0);
    assert_non_null(strstr(look(&iso->disk), "what Rock Ridge says is in more than 32 pieces"));
}

/* --- each field ---------------------------------------------------------------------------- */

static void look_again(void *context)
{
    (void)look(context);
}

static struct damage damage_of(struct iso_disk *iso)
{
    return (struct damage){
        .bytes = iso->disk.memory.bytes, .look = look_again, .context = &iso->disk};
}

static void check_mended(struct iso_disk *iso)
{
    if (look(&iso->disk))
        fail_msg("not mended: %s", iso->disk.first_error);
}

static void each_field(void **state)
{
    struct iso_disk *iso = *state;
    const struct damage damage = damage_of(iso);

    damage_fields(&damage, (struct damage_place){PRIMARY, 256}, 1);
    for (size_t at = 0; at < 600; at++) {
        damage_field(&damage, iso->root + at, 1);
        if (at % 2 == 0)
            damage_field(&damage, iso->root + at, 4);
    }
    check_mended(iso);
}

static void random_damage(void **state)
{
    struct iso_disk *iso = *state;
    const struct damage damage = damage_of(iso);
    const struct damage_place places[] = {{PRIMARY, 384}, {iso->root, 512}};

    damage_at_random(&damage, places, ARRAY_SIZE(places));
    check_mended(iso);
}

int main(void)
{
#define WITH(kind, name)                                            \
    {                                                               \
#name " of " #kind, name, setup_##kind, teardown_disk, NULL \
    }
#define ALL(name) WITH(rock, name), WITH(joliet, name), WITH(plain, name)
    const struct CMUnitTest tests[] = {
        ALL(nothing_is_damaged),
        WITH(plain, bounds_of_volume),
        WITH(plain, most_descriptors),
        WITH(plain, largest_directory),
        WITH(plain, bounds_of_records),
        WITH(plain, bounds_of_parts),
        WITH(rock, bounds_of_rock_ridge),
        WITH(rock, continued_in_a_circle),
        ALL(each_field),
        ALL(random_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
