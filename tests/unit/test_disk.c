/* Partition tables, made byte by byte in a file without a name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "fsprobe/disk/disk.h"
#include "fsprobe/fs/source.h"

#define MIB (1024 * 1024)

struct fixture {
    int fd;
    struct disk disk;
    struct guest *guest;
    struct problems problems;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    f->fd = memfd_create("disk", MFD_CLOEXEC);
    assert_true(f->fd >= 0);
    assert_int_equal(ftruncate(f->fd, 40 * MIB), 0);
    f->guest = xcalloc(1, sizeof *f->guest);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < f->guest->volume_count; i++)
        volume_free(&f->guest->volumes[i]);
    disk_free(&f->disk);
    problems_free(&f->problems);
    free(f->guest);
    close(f->fd);
    free(f);
    return 0;
}

static void put(struct fixture *f, uint64_t at, const void *bytes, size_t length)
{
    assert_int_equal(pwrite(f->fd, bytes, length, (off_t)at), length);
}

static void put32(struct fixture *f, uint64_t at, uint32_t value)
{
    put(f, at, &value, sizeof value);
}

/* Entry NUMBER (from 0) of the table in the sector at AT. */
static void put_mbr(struct fixture *f, uint64_t at, unsigned number, unsigned char type,
                    uint32_t start, uint32_t size, unsigned char flag)
{
    uint64_t entry = at + 446 + 16 * number;

    put(f, at + 510, "\x55\xAA", 2);
    put(f, entry, &flag, 1);
    put(f, entry + 4, &type, 1);
    put32(f, entry + 8, start);
    put32(f, entry + 12, size);
}

/* The mark of an ext2 at AT. */
static void put_ext(struct fixture *f, uint64_t at, const char *label)
{
    put(f, at + 1024 + 56, "\x53\xEF", 2);
    put(f, at + 1024 + 104, "0123456789abcdef", 16);
    put(f, at + 1024 + 120, label, strlen(label));
}

static uint32_t crc32_of(const unsigned char *bytes, size_t length)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

struct gpt {
    char signature[8];
    uint32_t revision, header_size, crc, reserved;
    uint64_t self, other, first, last;
    unsigned char guid[16];
    uint64_t entries;
    uint32_t count, entry_size, entries_crc;
} __attribute__((packed));

/* A GPT of one partition, [first, last], with ENTRIES entries; the backup only, or both. */
static void put_gpt(struct fixture *f, unsigned sector, uint64_t first, uint64_t last,
                    uint32_t count, bool primary)
{
    uint64_t sectors = 40 * MIB / sector;
    size_t size = (size_t)count * 128;
    auto_free unsigned char *entries = xcalloc(count, 128);
    struct gpt h = {.signature = "EFI PART",
                    .revision = 0x10000,
                    .header_size = 92,
                    .first = 2 + (size + sector - 1) / sector,
                    .last = sectors - 2 - (size + sector - 1) / sector,
                    .guid = "disk-guid-disk-",
                    .count = count,
                    .entry_size = 128};

    memcpy(entries, "type-guid-type-g", 16);
    memcpy(entries + 16, "part-guid-part-g", 16);
    memcpy(entries + 32, &first, 8);
    memcpy(entries + 40, &last, 8);
    memcpy(entries + 56, "r\0o\0o\0t\0", 8);
    h.entries_crc = crc32_of(entries, size);
    for (int backup = 0; backup < 2; backup++) {
        h.self = backup ? sectors - 1 : 1;
        h.other = backup ? 1 : sectors - 1;
        h.entries = backup ? h.last + 1 : 2;
        h.crc = 0;
        h.crc = crc32_of((unsigned char *)&h, 92);
        if (!backup && !primary)
            continue;
        put(f, h.self * sector, &h, sizeof h);
        put(f, h.entries * sector, entries, size);
    }
    put_mbr(f, 0, 0, 0xEE, 1, (uint32_t)sectors - 1, 0);
}

static void scan(struct fixture *f)
{
    struct error err = ERROR_INIT;

    assert_int_equal(disk_prepare(&f->disk, f->fd, "xvda", &err), 0);
    f->guest->disk_count = 1;
    f->guest->budget = SOURCE_BUDGET;
    disk_scan(&f->disk, 0, f->guest, &f->problems);
}

#define check_volume(f, i, number, at, bytes, kind)           \
    do {                                                      \
        assert_true((f)->guest->volume_count > (i));          \
        const struct volume *v_ = &(f)->guest->volumes[i];    \
        assert_int_equal(v_->partition, number);              \
        assert_int_equal(v_->offset, at);                     \
        assert_int_equal(v_->size, bytes);                    \
        assert_string_equal(v_->type ? v_->type : "-", kind); \
    } while (0)

static void mbr_with_an_active_partition(void **state)
{
    struct fixture *f = *state;

    put_mbr(f, 0, 0, 0x82, 2048, 2048, 0);
    put_mbr(f, 0, 1, 0x83, 8192, 16384, 0x80);
    put_ext(f, 4 * MIB, "root");
    scan(f);
    assert_int_equal(f->disk.table, TABLE_DOS);
    assert_int_equal(f->guest->volume_count, 2);
    check_volume(f, 0, 1, 1 * MIB, 1 * MIB, "-");
    check_volume(f, 1, 2, 4 * MIB, 8 * MIB, "ext2");
    assert_false(f->guest->volumes[0].active);
    assert_true(f->guest->volumes[1].active);
    assert_string_equal(f->guest->volumes[1].label, "root");
    assert_string_equal(f->guest->volumes[1].uuid, "30313233-3435-3637-3839-616263646566");
    assert_int_equal(f->problems.count, 0);
}

static void what_partitions_are_for(void **state)
{
    static const struct {
        unsigned char type;
        enum volume_purpose purpose;
    } cases[] = {{0xEF, PURPOSE_ESP}, {0xEA, PURPOSE_XBOOTLDR}, {0x0C, PURPOSE_OTHER}};
    struct fixture *f = *state;

    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
        put_mbr(f, 0, i, cases[i].type, 2048 * (i + 1), 2048, 0);
    scan(f);
    assert_int_equal(f->guest->volume_count, ARRAY_SIZE(cases));
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_int_equal(f->guest->volumes[i].purpose, cases[i].purpose);
}

static void logical_partitions(void **state)
{
    struct fixture *f = *state;

    put_mbr(f, 0, 0, 0x05, 2048, 65536, 0);
    put_mbr(f, 1 * MIB, 0, 0x83, 2048, 4096, 0);
    put_mbr(f, 1 * MIB, 1, 0x05, 8192, 8192, 0);
    put_mbr(f, 5 * MIB, 0, 0x83, 2048, 4096, 0);
    put_ext(f, 6 * MIB, "root");
    scan(f);
    assert_int_equal(f->guest->volume_count, 2);
    check_volume(f, 0, 5, 2 * MIB, 2 * MIB, "-");
    check_volume(f, 1, 6, 6 * MIB, 2 * MIB, "ext2");
}

static void logical_partitions_in_a_circle(void **state)
{
    struct fixture *f = *state;

    put_mbr(f, 0, 0, 0x05, 2048, 65536, 0);
    put_mbr(f, 1 * MIB, 0, 0x83, 2048, 4096, 0);
    put_mbr(f, 1 * MIB, 1, 0x05, 0, 65536, 0);
    put_ext(f, 2 * MIB, "root");
    scan(f);
    assert_in_range(f->guest->volume_count, 1, GUEST_VOLUMES_MAX);
    check_volume(f, 0, 5, 2 * MIB, 2 * MIB, "ext2");
}

static void partition_past_the_end(void **state)
{
    struct fixture *f = *state;

    put_mbr(f, 0, 0, 0x83, 2048, 40 * 2048, 0);
    put_mbr(f, 0, 1, 0x83, 50 * 2048, 2048, 0);
    put_ext(f, 1 * MIB, "root");
    scan(f);
    check_volume(f, 0, 1, 1 * MIB, 39 * MIB, "ext2");
    assert_int_equal(f->guest->volume_count, 1);
    assert_int_equal(f->problems.count, 1);
    assert_string_equal(f->problems.texts[0],
                        "xvda: its partition table names partitions that are not all on the disk");
}

static void mbr_with_large_sectors(void **state)
{
    struct fixture *f = *state;

    put_mbr(f, 0, 0, 0x83, 256, 2048, 0);
    put_ext(f, 1 * MIB, "root");
    scan(f);
    assert_int_equal(f->disk.sector, 4096);
    check_volume(f, 0, 1, 1 * MIB, 8 * MIB, "ext2");
}

static void bare_filesystem(void **state)
{
    struct fixture *f = *state;

    put_ext(f, 0, "root");
    scan(f);
    assert_int_equal(f->disk.table, TABLE_NONE);
    assert_int_equal(f->guest->volume_count, 1);
    check_volume(f, 0, 0, 0, 40 * MIB, "ext2");
}

/* Its first sector is left to boot programs, whose code looks like anything. */
static void bare_filesystem_with_a_boot_program(void **state)
{
    struct fixture *f = *state;

    put_ext(f, 0, "root");
    put_mbr(f, 0, 0, 0x83, 2048, 2048, 0);
    scan(f);
    assert_int_equal(f->disk.table, TABLE_NONE);
    assert_int_equal(f->guest->volume_count, 1);
    check_volume(f, 0, 0, 0, 40 * MIB, "ext2");
}

static void empty_disk(void **state)
{
    struct fixture *f = *state;

    scan(f);
    assert_int_equal(f->disk.table, TABLE_NONE);
    assert_int_equal(f->guest->volume_count, 1);
    check_volume(f, 0, 0, 0, 40 * MIB, "-");
}

static void bsd_label_is_no_table(void **state)
{
    struct fixture *f = *state;

    put32(f, 512, 0x82564557);
    put32(f, 512 + 132, 0x82564557);
    scan(f);
    assert_int_equal(f->disk.table, TABLE_NONE);
}

static void gpt(void **state)
{
    struct fixture *f = *state;

    put_gpt(f, 512, 4096, 8191, 128, true);
    put_ext(f, 2 * MIB, "root");
    scan(f);
    assert_int_equal(f->disk.table, TABLE_GPT);
    check_volume(f, 0, 1, 2 * MIB, 2 * MIB, "ext2");
    assert_true(f->guest->volumes[0].gpt);
    assert_string_equal(f->guest->volumes[0].part_label, "root");
}

static void gpt_from_its_backup(void **state)
{
    struct fixture *f = *state;

    put_gpt(f, 512, 4096, 8191, 128, false);
    scan(f);
    assert_int_equal(f->disk.table, TABLE_GPT);
    check_volume(f, 0, 1, 2 * MIB, 2 * MIB, "-");
}

static void gpt_with_large_sectors(void **state)
{
    struct fixture *f = *state;

    put_gpt(f, 4096, 512, 1023, 128, true);
    scan(f);
    assert_int_equal(f->disk.table, TABLE_GPT);
    assert_int_equal(f->disk.sector, 4096);
    check_volume(f, 0, 1, 2 * MIB, 2 * MIB, "-");
}

static void gpt_entries(struct fixture *f, uint32_t count, enum table table)
{
    put_gpt(f, 512, 4096, 8191, count, true);
    scan(f);
    assert_int_equal(f->disk.table, table);
}
static void gpt_of_one_entry_less(void **state)
{
    gpt_entries(*state, DISK_GPT_ENTRIES_MAX - 1, TABLE_GPT);
}
static void gpt_of_all_entries(void **state)
{
    gpt_entries(*state, DISK_GPT_ENTRIES_MAX, TABLE_GPT);
}
static void gpt_of_one_entry_more(void **state)
{
    gpt_entries(*state, DISK_GPT_ENTRIES_MAX + 1, TABLE_NONE);
}

/* LINKS records that each name a partition and the next one. */
static void logical_chain(struct fixture *f, unsigned links, enum table expected)
{
    put_mbr(f, 0, 0, 0x83, 2, 60, 0);
    put_mbr(f, 0, 1, 0x05, 100, 80000, 0);
    put_ext(f, 1024, "primary");
    for (unsigned i = 0; i <= links; i++) {
        put_mbr(f, (100 + 10 * i) * 512, 0, 0x83, 1, 9, 0);
        if (i < links)
            put_mbr(f, (100 + 10 * i) * 512, 1, 0x05, 10 * (i + 1), 10, 0);
    }
    scan(f);
    assert_int_equal(f->disk.table, expected);
    assert_int_equal(f->problems.count > 0 &&
                         strstr(f->problems.texts[0], "logical partitions") != NULL,
                     expected == TABLE_NONE);
}
static void chain_of_one_link_less(void **state)
{
    logical_chain(*state, DISK_LOGICAL_MAX - 1, TABLE_DOS);
}
static void chain_of_all_links(void **state)
{
    logical_chain(*state, DISK_LOGICAL_MAX, TABLE_DOS);
}
static void chain_of_one_link_more(void **state)
{
    logical_chain(*state, DISK_LOGICAL_MAX + 1, TABLE_NONE);
}
static void directory_is_no_disk(void **state)
{
    struct fixture *f = *state;
    auto_fd int fd = open("/", O_RDONLY | O_CLOEXEC);
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(disk_prepare(&f->disk, fd, "a folder", &err), -1);
    assert_non_null(strstr(err.text, "a folder"));
}

static void empty_file(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ftruncate(f->fd, 0), 0);
    scan(f);
    check_volume(f, 0, 0, 0, 0, "-");
}

static void marks(void **state)
{
    static const struct {
        uint64_t at;
        const char *mark, *type;
    } kinds[] = {
        {4086, "SWAPSPACE2", "swap"},
        {0, "XFSB", "xfs"},
        {512 + 24, "LVM2 001", "-"},
        {65600, "_BHRfS_M", "btrfs"},
        {32769, "CD001", "iso9660"},
        {0, "LUKS\xBA\xBE", "crypto_LUKS"},
        {4096, "\xFC\x4E\x2B\xA9\x01", "linux_raid_member"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        assert_int_equal(ftruncate(f->fd, 0), 0);
        assert_int_equal(ftruncate(f->fd, MIB), 0);
        put(f, kinds[i].at, kinds[i].mark, strlen(kinds[i].mark));
        scan(f);
        check_volume(f, 0, 0, 0, MIB, kinds[i].type);
        volume_free(&f->guest->volumes[0]);
        f->guest->volume_count = 0;
        disk_free(&f->disk);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mbr_with_an_active_partition),
        TEST(what_partitions_are_for),
        TEST(logical_partitions),
        TEST(logical_partitions_in_a_circle),
        TEST(partition_past_the_end),
        TEST(mbr_with_large_sectors),
        TEST(bare_filesystem),
        TEST(bare_filesystem_with_a_boot_program),
        TEST(empty_disk),
        TEST(bsd_label_is_no_table),
        TEST(gpt),
        TEST(gpt_from_its_backup),
        TEST(gpt_with_large_sectors),
        TEST(gpt_of_one_entry_less),
        TEST(gpt_of_all_entries),
        TEST(gpt_of_one_entry_more),
        TEST(chain_of_one_link_less),
        TEST(chain_of_all_links),
        TEST(chain_of_one_link_more),
        TEST(directory_is_no_disk),
        TEST(empty_file),
        TEST(marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
