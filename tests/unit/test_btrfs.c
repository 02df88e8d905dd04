/* The reader of Btrfs on images that mkfs.btrfs makes, and on some that the kernel filled.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/btrfs_fixture.h"

#define SIZE BTRFS_IMAGE_SIZE

/* The same file by GRUB, which reads the image on its own. */
static void same_as_grub(const char *path, const char *file)
{
    auto_free char *grub_path = xasprintf("(loop0)%s", path);
    const char *const argv[] = {"grub-fstest", "dev1", "cmp", grub_path, file, NULL};

    assert_int_equal(btrfs_run("output", argv), 0);
}

/* Around the largest size that stands in the tree, and around a sector. */
static void sizes_of_files(void **state)
{
    static const size_t sizes[] = {0,    1,    2047, 2048,   2049,   4072,   4073,
                                   4095, 4096, 4097, 131072, 131073, 3000000};
    struct btrfs_fixture *f = *state;
    char path[32];

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        snprintf(path, sizeof path, "root/%zu", sizes[i]);
        btrfs_put_noise(path, sizes[i]);
    }
    btrfs_make("", SIZE);
    btrfs_open(f, 1);
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        snprintf(path, sizeof path, "root/%zu", sizes[i]);
        same(f, path + 4, path);
        if (sizes[i])
            same_as_grub(path + 4, path);
    }
    assert_null(f->note);
}

static void kinds_of_filesystem(void **state)
{
    static const char *const options[] = {
        "-n 4096",   "-n 16384",      "-n 65536",      "-M",           "-O ^no-holes",
        "-m single", "--csum xxhash", "--csum sha256", "--csum blake2"};
    struct btrfs_fixture *f = *state;

    mkdir("root/boot", 0755);
    btrfs_put_text("root/boot/text", "text");
    btrfs_put_noise("root/boot/kernel", 1000000);
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        btrfs_make(options[i], SIZE);
        btrfs_open(f, 1);
        reads(f, "/boot/text", "text");
        same(f, "/boot/kernel", "root/boot/kernel");
    }
}

/* The nodes keep the UUID with which they were made. */
static void changed_uuid(void **state)
{
    static const char *const argv[] = {"btrfstune", "-f", "-m", "dev1", NULL};
    struct btrfs_fixture *f = *state;

    btrfs_put_text("root/text", "text");
    btrfs_make("", SIZE);
    assert_int_equal(btrfs_run("output", argv), 0);
    btrfs_open(f, 1);
    reads(f, "/text", "text");
}

static void links_and_directories(void **state)
{
    struct btrfs_fixture *f = *state;
    char *target = xcalloc(1, 4096);

    mkdir("root/boot", 0755);
    btrfs_put_text("root/boot/file", "text");
    assert_int_equal(symlink("boot", "root/b"), 0);
    assert_int_equal(symlink("/boot/file", "root/absolute"), 0);
    assert_int_equal(symlink("../b/./file", "root/boot/relative"), 0);
    assert_int_equal(symlink("../../../../b//file", "root/boot/above"), 0);
    assert_int_equal(symlink("/nowhere", "root/dangling"), 0);
    assert_int_equal(symlink("circle", "root/circle"), 0);
    memset(target, '/', 3000);
    strcat(target, "boot/file");
    assert_int_equal(symlink(target, "root/long"), 0);
    free(target);
    btrfs_make("", SIZE);
    btrfs_open(f, 1);
    reads(f, "/absolute", "text");
    reads(f, "/b/relative", "text");
    reads(f, "/b/above", "text");
    reads(f, "/long", "text");
    reads(f, "//boot/.//../boot/file", "text");
    missing(f, "/dangling");
    missing(f, "/boot/fil");
    missing(f, "/boot/file/below");
    fails(f, "/circle", "do they lead in a circle?");
    fails(f, "/boot", "it is not a regular file");
}

struct names {
    unsigned count;
    uint64_t sum;
};

static bool count_name(void *context, const char *name)
{
    struct names *names = context;
    unsigned number;

    assert_int_equal(sscanf(name, "a-name-that-fills-nodes-%u", &number), 1);
    names->count++;
    names->sum += number;
    return true;
}

/* What is read for one name of a directory does not depend on how many there are. */
static void many_names(void **state)
{
    struct btrfs_fixture *f = *state;
    struct volume *volume = &f->guest.volumes[0];
    auto_error struct error err = ERROR_INIT;
    struct names names = {0, 0};
    char path[64];

    mkdir("root/boot", 0755);
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(path, sizeof path, "root/boot/a-name-that-fills-nodes-%u", i);
        btrfs_put_text(path, i == 7777 ? "text" : "");
    }
    btrfs_make("", SIZE);
    btrfs_open(f, 1);
    reads(f, "/boot/a-name-that-fills-nodes-7777", "text");
    missing(f, "/boot/a-name-that-fills-nodes-10000");
    assert_true(BTRFS_BUDGET - f->budget < 256 * 1024);
    assert_int_equal(volume->filesystem->list(volume, "/boot", count_name, &names, &err), 1);
    assert_int_equal(names.count, 10000);
    assert_int_equal(names.sum, UINT64_C(9999) * 10000 / 2);
}

/* Two names with the same hash (found by search) are one item. */
static void names_of_one_hash(void **state)
{
    struct btrfs_fixture *f = *state;

    btrfs_put_text("root/vmlinuz-65487-823309599", "a");
    btrfs_put_text("root/vmlinuz-213622-2818881942", "b");
    btrfs_make("", SIZE);
    btrfs_open(f, 1);
    reads(f, "/vmlinuz-65487-823309599", "a");
    reads(f, "/vmlinuz-213622-2818881942", "b");
}

static void packed_files(void **state)
{
    static const char *const mounts[] = {"compress-force=zlib", "compress-force=lzo",
                                         "compress-force=zstd", "compress-force=zstd:15"};
    struct btrfs_fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
        if (!btrfs_make_filled(1, i == 1 ? "-n 4096" : "", mounts[i], ""))
            return;
        btrfs_open(f, 1);
        btrfs_check_filled(f);
        same_as_grub("/boot/words", "filled/words");
    }
}

/* openSUSE's layout, as its installer makes it. */
static const char suse[] =
    "btrfs subvolume create @; mkdir -p @/boot @/.snapshots/1 @/.snapshots/2;"
    "btrfs subvolume create @/.snapshots/1/snapshot;"
    "btrfs subvolume create @/home;"
    "mkdir -p @/.snapshots/1/snapshot/boot/grub2 @/.snapshots/1/snapshot/home;"
    "echo first >@/.snapshots/1/snapshot/boot/vmlinuz-1;"
    "ln -s vmlinuz-1 @/.snapshots/1/snapshot/boot/vmlinuz;"
    "ln -s /boot/vmlinuz-1 @/.snapshots/1/snapshot/boot/absolute;"
    "echo at >@/boot/vmlinuz-1;"
    "btrfs subvolume snapshot -r @/.snapshots/1/snapshot @/.snapshots/2/snapshot;"
    "echo changed >@/.snapshots/1/snapshot/boot/vmlinuz-1;"
    "btrfs subvolume set-default @/.snapshots/1/snapshot;"
    "btrfs subvolume create gone; btrfs subvolume delete gone";

static void check_subvolume(struct btrfs_fixture *f, uint64_t id, const char *path)
{
    auto_buffer struct buffer out = BUFFER_INIT(GUEST_PATH_MAX);
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(guest_subvolume(&f->guest, 0, id, &out, &err), path != NULL);
    assert_string_equal(buffer_text(&out), path ? path : "");
}

static bool note_subvolume(void *list, const struct subvolume *subvolume)
{
    (void)buffer_addf(list, "%llu%s%s ", (unsigned long long)subvolume->id, subvolume->path,
                      subvolume->is_default ? "!" : "");
    return subvolume->id != 258;
}

static void check_list(struct btrfs_fixture *f, const char *wanted)
{
    auto_buffer struct buffer list = BUFFER_INIT(4096);

    assert_int_equal(guest_subvolumes(&f->guest, 0, note_subvolume, &list, NULL), 1);
    assert_string_equal(buffer_text(&list), wanted);
}

static void subvolumes(void **state)
{
    struct btrfs_fixture *f = *state;

    if (!btrfs_make_mounted(1, SIZE, "", "", suse))
        return;
    btrfs_open(f, 1);
    check_subvolume(f, 0, "/@/.snapshots/1/snapshot");
    check_subvolume(f, 5, "");
    check_subvolume(f, 256, "/@");
    check_subvolume(f, 257, "/@/.snapshots/1/snapshot");
    check_subvolume(f, 258, "/@/home");
    check_subvolume(f, 259, "/@/.snapshots/2/snapshot");
    check_subvolume(f, 4711, NULL);
    check_list(f, "5 256/@ 257/@/.snapshots/1/snapshot! 258/@/home ");
    reads(f, "/@/boot/vmlinuz-1", "at\n");
    reads(f, "/@/.snapshots/1/snapshot/boot/vmlinuz", "changed\n");
    reads(f, "/@/.snapshots/1/snapshot/boot/absolute", "changed\n");
    reads(f, "/@/.snapshots/2/snapshot/boot/absolute", "first\n");
    missing(f, "/gone");
    missing(f, "/boot");
}

static void no_default(void **state)
{
    struct btrfs_fixture *f = *state;

    btrfs_make("", SIZE);
    btrfs_open(f, 1);
    check_subvolume(f, 0, "");
    check_list(f, "5! ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, btrfs_setup, btrfs_teardown)
    const struct CMUnitTest tests[] = {
        TEST(sizes_of_files), TEST(kinds_of_filesystem),
        TEST(changed_uuid),   TEST(links_and_directories),
        TEST(many_names),     TEST(names_of_one_hash),
        TEST(packed_files),

        TEST(subvolumes),     TEST(no_default),
    };

    return cmocka_run_group_tests_name("btrfs", tests, NULL, NULL);
}
