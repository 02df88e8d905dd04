/* How much a probe reads of a disk, from its table to the choice, also with 10,000 names
 * beside the kernel.
 *
 * The bytes are those that the kernel counts for this process, libblkid's among them, so that they
 * are the same each time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>

#include "fsprobe/probe.h"
#include "tests/unit/fs_fixture.h"
#include "tests/unit/skip.h"

#define NAMES 10000
#define KIB   UINT64_C(1024)

static char reiserfs_script[PATH_MAX];

static int setup(void **state)
{
    return setup_for(state, NULL);
}

/* Bytes that this process has read so far; each call itself reads as many as the other. */
static uint64_t bytes_read(void)
{
    char text[256] = "";
    auto_fd int fd = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
    unsigned long long bytes = 0;

    assert_true(read(fd, text, sizeof text - 1) > 0);
    assert_int_equal(sscanf(text, "rchar: %llu", &bytes), 1);
    return bytes;
}

/* Probes "image", which has to boot; the bytes that it read. */
static uint64_t probe_bytes(void)
{
    const struct probe_request request = {.disks = {"image"}, .disk_count = 1};
    struct probe *probe = xcalloc(1, sizeof *probe);
    auto_error struct error err = ERROR_INIT;
    auto_fd int fd = open("image", O_RDONLY | O_CLOEXEC);
    uint64_t empty = bytes_read(), before = bytes_read();

    empty = before - empty;
    assert_int_equal(probe_prepare(probe, &request, fd, &err), 0);
    assert_int_equal(probe_run(probe, &request, &err), 0);
    uint64_t bytes = bytes_read() - before - empty;
    if (!probe->choice.found)
        fail_msg("%s", probe->cause ? probe->cause : "nothing boots");
    probe_free(probe);
    free(probe);
    return bytes;
}

static void check_bytes(const char *name, uint64_t most)
{
    uint64_t bytes = probe_bytes();

    print_message("# %s: %llu bytes\n", name, (unsigned long long)bytes);
    if (bytes > most)
        fail_msg("%s: %llu bytes are more than %llu", name, (unsigned long long)bytes,
                 (unsigned long long)most);
}

/* What boots, in "root", beside COUNT names. */
static void make_root(unsigned count)
{
    mkdir("root/boot", 0755);
    mkdir("root/boot/grub", 0755);
    put_text("root/boot/vmlinuz", "\177ELF, a kernel");
    put_text("root/boot/initrd", "a ramdisk");
    put_text("root/boot/grub/grub.cfg",
             "menuentry a {\nlinux /boot/vmlinuz\ninitrd /boot/initrd\n}\n");
    for (unsigned i = 0; i < count; i++) {
        auto_free char *path = xasprintf("root/boot/a-name-of-usual-length-%u", i);
        put_text(path, "");
    }
}

static void make_image(off_t size)
{
    auto_fd int fd = open("image", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_int_equal(ftruncate(fd, size), 0);
}

/* --- each format ------------------------------------------------------------------------- */

static void btrfs_of_many_names(void **state)
{
    (void)state;
    make_root(NAMES);
    make_image(200 * 1024 * 1024);
    if (SPAWN("mkfs.btrfs", "-q", "--rootdir", "root", "image") != 0)
        return cannot_run("mkfs.btrfs is not there");
    check_bytes("Btrfs", 256 * KIB);
}

/* A description of "root/boot" as mkfs.xfs takes it. */
static void describe_root(void)
{
    FILE *file = fopen("description", "w");

    assert_non_null(file);
    fprintf(file, "/none\n0 0\nd--755 0 0\nboot d--755 0 0\n"
                  "grub d--755 0 0\ngrub.cfg ---644 0 0 root/boot/grub/grub.cfg\n$\n"
                  "vmlinuz ---644 0 0 root/boot/vmlinuz\ninitrd ---644 0 0 root/boot/initrd\n");
    for (unsigned i = 0; i < NAMES; i++)
        fprintf(file, "a-name-of-usual-length-%u ---644 0 0 /dev/null\n", i);
    fprintf(file, "$\n$\n");
    fclose(file);
}

static void xfs_of_many_names(void **state)
{
    (void)state;
    make_root(0);
    describe_root();
    if (SPAWN("mkfs.xfs", "-q", "-p", "description", "-d", "file,name=image,size=300m") != 0)
        return cannot_run("mkfs.xfs is not there");
    check_bytes("XFS", 64 * KIB);
}

static void reiserfs_of_many_names(void **state)
{
    (void)state;
    make_root(NAMES);
    make_image(64 * 1024 * 1024);
    if (SPAWN("mkreiserfs", "-q", "-f", "-f", "image") != 0)
        return cannot_run("mkreiserfs is not there");
    assert_int_equal(SPAWN("python3", reiserfs_script, "fill", "image", "root"), 0);
    check_bytes("ReiserFS", 256 * KIB);
}

static void fat(void **state)
{
    (void)state;
    make_root(0);
    make_image(64 * 1024 * 1024);
    if (SPAWN("mkfs.vfat", "image") != 0 ||
        SPAWN("mcopy", "-s", "-i", "image", "root/boot", "::/") != 0)
        return cannot_run("mkfs.vfat or mcopy is not there");
    check_bytes("FAT", 64 * KIB);
}

static void ext4(void **state)
{
    (void)state;
    make_root(0);
    make_image(32 * 1024 * 1024);
    assert_int_equal(SPAWN("mke2fs", "-q", "-F", "-t", "ext4", "-d", "root", "image"), 0);
    check_bytes("ext4", 64 * KIB);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(btrfs_of_many_names), TEST(xfs_of_many_names),
                                       TEST(reiserfs_of_many_names), TEST(fat), TEST(ext4)};

    /* each test stands in a directory of its own */
    if (!realpath("tests/images/reiserfs.py", reiserfs_script))
        return 1;
    return cmocka_run_group_tests_name("probe_bytes", tests, NULL, NULL);
}
