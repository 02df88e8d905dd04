/* The reader of Btrfs on several devices, and where one of two copies is damaged, old or away.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/bytes.h"
#include "common/io.h"
#include "tests/unit/btrfs_fixture.h"
#include "tests/unit/btrfs_walk.h"

#define SUPER_AT   UINT64_C(65536)
#define SUPER_COPY (UINT64_C(64) * 1024 * 1024)
#define SUPER      4096

static void profiles(void **state)
{
    static const struct {
        unsigned devices;
        const char *options, *mount;
    } cases[] = {
        {2, "-m raid1 -d raid1", ""},
        {2, "-m raid0 -d raid0", "compress=lzo"},
        {3, "-m raid1c3 -d raid1c3", ""},
        {4, "-m raid1c4 -d single", ""},
        {4, "-m raid10 -d raid10", "compress=zstd"},
        {3, "-m raid5 -d raid5", ""},
        {4, "-m raid6 -d raid6", ""},
    };
    struct btrfs_fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (!btrfs_make_filled(cases[i].devices, cases[i].options, cases[i].mount, ""))
            return;
        btrfs_open(f, cases[i].devices);
        assert_null(f->note);
        btrfs_check_filled(f);
    }
}

static void one_leg_of_two(void **state)
{
    struct btrfs_fixture *f = *state;

    if (!btrfs_make_filled(2, "-m raid1 -d raid1", "", ""))
        return;
    for (unsigned device = 1; device <= 2; device++) {
        auto_error struct error err = ERROR_INIT;
        btrfs_attach(f, device, device);
        assert_int_equal(btrfs_try(f, 0, &err), 0);
        assert_non_null(strstr(f->note, "is one of 2 devices"));
        btrfs_check_filled(f);
    }
}

static void half_of_the_data(void **state)
{
    struct btrfs_fixture *f = *state;

    if (!btrfs_make_filled(2, "-m raid1 -d raid0", "", ""))
        return;
    btrfs_open(f, 1);
    reads(f, "/boot/text", "text");
    fails(f, "/boot/noise",
          "it needs another disk (device 2 of this Btrfs), which this guest's "
          "bootloader was not given");
}

/* Both orders, one leg of which missed the last commits. */
static void old_leg(void **state)
{
    static const char commands[] = "cp \"$image\"/dev2 \"$image\"/old; echo newer >boot/text;"
                                   "head -c 700000 boot/words >boot/noise; sync;";
    struct btrfs_fixture *f = *state;

    if (!btrfs_make_filled(2, "-m raid1 -d raid1", "", commands))
        return;
    for (unsigned turn = 0; turn < 2; turn++) {
        assert_int_equal(rename(turn ? "dev1" : "old", turn ? "new" : "dev2"), 0);
        if (turn) {
            assert_int_equal(rename("dev2", "dev1"), 0);
            assert_int_equal(rename("new", "dev2"), 0);
        }
        btrfs_open(f, 2);
        reads(f, "/boot/text", "newer\n");
        btrfs_check_filled(f);
    }
}

/* A filesystem that grew out of another, of which it has no copy. */
static void seed(void **state)
{
    static const char commands[] =
        "mkdir boot; echo text >boot/text; head -c 100000 /dev/urandom >boot/noise; cd /;"
        "top=$OLDPWD; where=$(findmnt -no SOURCE \"$top\"); umount \"$top\"; btrfstune -S 1 $where;"
        "mount $where \"$top\"; truncate -s 160M \"$image/dev2\";"
        "new=$(losetup -f --show \"$image/dev2\"); btrfs device add -f -K $new \"$top\";"
        "mount -o remount,rw \"$top\"; echo newer >\"$top/boot/newer\"; umount \"$top\";"
        "btrfs device scan -u $new; losetup -d $new; mount $where \"$top\"; cd \"$top\"";
    struct btrfs_fixture *f = *state;
    auto_error struct error err = ERROR_INIT;

    if (!btrfs_make_mounted(1, BTRFS_IMAGE_SIZE, "-m single -d single", "", commands))
        return;
    btrfs_attach(f, 2, 2);
    assert_int_equal(btrfs_try(f, 0, &err), 0);
    assert_non_null(strstr(f->note, "grew out of a seed device, which is not read with it"));
    reads(f, "/boot/newer", "newer\n");
    fails(f, "/boot/noise", "it needs another disk (device 1 of this Btrfs)");
}

/* A private copy of dev1 that can be written to, in the place of the file. */
static unsigned char *map_device(void)
{
    auto_fd int fd = open("dev1", O_RDWR | O_CLOEXEC);
    void *bytes = mmap(NULL, BTRFS_IMAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    assert_true(bytes != MAP_FAILED);
    return bytes;
}

/* Damages a byte of each node: of the copy that was found first, and of all copies behind. */
static unsigned damage_nodes(unsigned char *bytes, bool all)
{
    static uint64_t seen[1000];
    unsigned count = 0, known;

    for (uint64_t at = 2 * SUPER_AT; at < BTRFS_IMAGE_SIZE; at += SUPER) {
        uint64_t address = get_le64(bytes + at + 48);
        if (memcmp(bytes + at + 32, bytes + SUPER_AT + 32, 16) != 0 || at == SUPER_COPY)
            continue;
        for (known = 0; known < count && seen[known] != address; known++)
            ;
        if (known == count && count < ARRAY_SIZE(seen))
            seen[count++] = address;
        else if (!all)
            continue;
        bytes[at + 200] ^= 1;
    }
    return count;
}

static void one_copy_of_two_damaged(void **state)
{
    struct btrfs_fixture *f = *state;
    auto_error struct error err = ERROR_INIT;

    btrfs_put_text("root/text", "text");
    btrfs_make("-m dup", BTRFS_IMAGE_SIZE);
    unsigned char *bytes = map_device();
    assert_true(damage_nodes(bytes, false) > 5);
    btrfs_open(f, 1);
    reads(f, "/text", "text");
    /* now the first copy is right again, and the second is not */
    damage_nodes(bytes, true);
    btrfs_open(f, 1);
    reads(f, "/text", "text");
    damage_nodes(bytes, false);
    btrfs_attach(f, 1, 1);
    assert_int_equal(btrfs_try(f, 0, &err), -1);
    assert_non_null(strstr(err.text, "cannot open the filesystem of dev1: the node at "));
    assert_non_null(strstr(err.text, "its checksum is wrong"));
    munmap(bytes, BTRFS_IMAGE_SIZE);
}

static void superblocks(void **state)
{
    struct btrfs_fixture *f = *state;
    auto_error struct error err = ERROR_INIT;

    btrfs_put_text("root/text", "text");
    btrfs_make("", BTRFS_IMAGE_SIZE);
    unsigned char *bytes = map_device();
    bytes[SUPER_AT + 100] ^= 1;
    btrfs_open(f, 1);
    reads(f, "/text", "text");
    bytes[SUPER_COPY + 100] ^= 1;
    btrfs_attach(f, 1, 1);
    assert_int_equal(btrfs_try(f, 0, &err), -1);
    assert_string_equal(err.text, "cannot open the filesystem of dev1: the superblock is damaged: "
                                  "its checksum is wrong");
    memset(bytes + SUPER_AT, 0, SUPER);
    assert_int_equal(btrfs_try(f, 0, &err), -1);
    assert_non_null(strstr(err.text, "it has no superblock of Btrfs"));
    munmap(bytes, BTRFS_IMAGE_SIZE);
}

/* What cannot be read is refused by its name. */
static void features(void **state)
{
    static const struct {
        uint16_t at;
        uint8_t byte;
        const char *why;
    } cases[] = {
        {189, 0x10, "a Btrfs with zones, which is not read"},
        {189, 0x20, "a Btrfs with an extent tree of version 2, which is not read"},
        {189, 0x40, "a Btrfs with a RAID stripe tree, which is not read"},
        {189, 0x80, "features that are not known (0x8000)"},
        {190, 0x02, "features that are not known (0x20000)"},
        {196, 4, "checksums of kind 4, which is not known"},
    };
    struct btrfs_fixture *f = *state;

    btrfs_make("", BTRFS_IMAGE_SIZE);
    unsigned char *bytes = map_device(), sound[SUPER];
    memset(bytes + SUPER_COPY, 0, SUPER);
    memcpy(sound, bytes + SUPER_AT, SUPER);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        auto_error struct error err = ERROR_INIT;
        memcpy(bytes + SUPER_AT, sound, SUPER);
        bytes[SUPER_AT + cases[i].at] |= cases[i].byte;
        btrfs_mend(bytes + SUPER_AT, SUPER);
        btrfs_attach(f, 1, 1);
        assert_int_equal(btrfs_try(f, 0, &err), -1);
        assert_non_null(strstr(err.text, cases[i].why));
    }
    munmap(bytes, BTRFS_IMAGE_SIZE);
}

/* What was written for good since the last commit stands in the log. */
static void not_unmounted(void **state)
{
    static const char commands[] = "echo committed >text; sync; echo later >later; sync later;"
                                   "cp \"$image\"/dev1 \"$image\"/crashed";
    struct btrfs_fixture *f = *state;

    if (!btrfs_make_mounted(1, BTRFS_IMAGE_SIZE, "", "", commands))
        return;
    assert_int_equal(rename("crashed", "dev1"), 0);
    btrfs_open(f, 1);
    assert_string_equal(f->note,
                        "dev1 was not unmounted: its newest changes may be missing in what "
                        "is found there");
    reads(f, "/text", "committed\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, btrfs_setup, btrfs_teardown)
    const struct CMUnitTest tests[] = {
        TEST(profiles),    TEST(one_leg_of_two), TEST(half_of_the_data),
        TEST(old_leg),     TEST(seed),           TEST(one_copy_of_two_damaged),
        TEST(superblocks), TEST(features),       TEST(not_unmounted),
    };

    return cmocka_run_group_tests_name("btrfs_devices", tests, NULL, NULL);
}
