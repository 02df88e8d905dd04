/* XFS as the kernel writes it: fragmented, with names that went away, and not unmounted. Needs root
 * and a kernel that mounts XFS; what is expected is what that kernel shows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/xattr.h>

#include "skip.h"
#include "tests/unit/xfs_fixture.h"

#define KIB 1024

/* Makes an empty filesystem and mounts it at "mnt". */
static void mount_new(const char *const *options)
{
    make("40m", options);
    assert_int_equal(SPAWN("mount", "-o", "loop", "image", "mnt"), 0);
}
#define MOUNT_NEW(...) mount_new((const char *const[]){__VA_ARGS__, NULL})

static void unmount(void)
{
    assert_int_equal(SPAWN("umount", "mnt"), 0);
}

static int setup_mount(void **state)
{
    setup(state);
    assert_int_equal(mkdir("mnt", 0755), 0);
    return 0;
}

static int teardown_mount(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(chdir(f->directory), 0);
    SPAWN("umount", "mnt");
    return teardown(state);
}

/* Unmounted, the image is read and compared with what the kernel shows of it. */
static void check_all(struct fixture *f)
{
    unmount();
    open_image(f);
    if (f->note)
        fail_msg("%s", f->note);
    assert_int_equal(SPAWN("mount", "-o", "loop,ro,norecovery", "image", "mnt"), 0);
    check_tree(f, "", "mnt");
    unmount();
}

/* Names that come and go leave free room, names without an address in the index, and blocks that
 * are gone from the middle. */
static void names_come_and_go(struct fixture *f)
{
    char path[128];

    put_names("mnt/holes", 2000, "System.map-", "-with-a-longer-name");
    put_names("mnt/block", 40, "name-", "");
    put_names("mnt/back", 600, "initrd.img-", "-with-a-name");
    for (unsigned i = 0; i < 2000; i++) {
        snprintf(path, sizeof path, "mnt/holes/System.map-%u-with-a-longer-name", i);
        if (i % 7 == 0 || (i > 300 && i < 1500))
            assert_int_equal(unlink(path), 0);
    }
    for (unsigned i = 0; i < 600; i++) {
        snprintf(path, sizeof path, "mnt/back/initrd.img-%u-with-a-name", i);
        if (i % 100)
            assert_int_equal(unlink(path), 0);
    }
    for (unsigned i = 0; i < 40; i += 2) {
        snprintf(path, sizeof path, "mnt/block/name-%u", i);
        assert_int_equal(unlink(path), 0);
    }
    check_all(f);
    check_absent(f, "/holes/System.map-7-with-a-longer-name");
    check_absent(f, "/holes/System.map-400-with-a-longer-name");
}
#define BOTH(name, ...)                 \
    static void name##_4k(void **state) \
    {                                   \
        MOUNT_NEW("-b", "size=4096");   \
        name(*state);                   \
    }                                   \
    static void name##_1k(void **state) \
    {                                   \
        MOUNT_NEW("-b", "size=1024");   \
        name(*state);                   \
    }
BOTH(names_come_and_go)

/* A file of COUNT pieces, each in one of two neighbouring blocks. */
static void put_comb(const char *path, unsigned block, unsigned count)
{
    put_file(path, (size_t)block * 2 * count);
    auto_fd int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(fsync(fd), 0);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(
            fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)i * 2 * block, block),
            0);
}

/* Extents in the inode, in a tree of one level, and of two. */
static void fragmented(void **state)
{
    struct fixture *f = *state;

    MOUNT_NEW("-b", "size=1024");
    put_comb("mnt/ten", KIB, 10);
    put_comb("mnt/hundred", KIB, 100);
    put_comb("mnt/thousands", KIB, 3000);
    check_all(f);
}

/* What was reserved or never written reads as zeros. */
static void sparse(void **state)
{
    struct fixture *f = *state;

    MOUNT_NEW("-b", "size=4096");
    put_text("mnt/reserved", "text");
    auto_fd int fd = open("mnt/reserved", O_RDWR | O_CLOEXEC);
    assert_int_equal(fallocate(fd, 0, 0, 1024 * KIB), 0);
    assert_int_equal(pwrite(fd, "text", 4, 600 * KIB), 4);
    assert_int_equal(fallocate(fd, FALLOC_FL_KEEP_SIZE, 1024 * KIB, 1024 * KIB), 0);
    put_bytes("mnt/hole", "end", 3, 5 * 1024 * KIB);
    put_text("mnt/all-hole", "");
    assert_int_equal(truncate("mnt/all-hole", 1024 * KIB + 1), 0);
    close_fd(&fd);
    check_all(f);
}

/* Files that share their blocks, with bytes of their own in the middle. */
static void shared(void **state)
{
    struct fixture *f = *state;

    MOUNT_NEW("-m", "reflink=1");
    put_file("mnt/one", 300 * KIB);
    auto_fd int from = open("mnt/one", O_RDONLY | O_CLOEXEC);
    auto_fd int to = open("mnt/two", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(ioctl(to, FICLONE, from), 0);
    assert_int_equal(pwrite(to, "changed", 7, 100 * KIB), 7);
    close_fd(&from);
    close_fd(&to);
    check_all(f);
}

/* Attributes leave less room for the rest of the inode. */
static void attributes(void **state)
{
    struct fixture *f = *state;
    char value[200] = "v";

    MOUNT_NEW("-b", "size=1024");
    put_comb("mnt/file", KIB, 30);
    put_names("mnt/some", 20, "name-", "");
    assert_int_equal(setxattr("mnt/file", "user.a", value, sizeof value, 0), 0);
    assert_int_equal(setxattr("mnt/some", "user.a", value, sizeof value, 0), 0);
    check_all(f);
}

/* Links in the inode, and in one or two blocks with their headers. */
static void long_links(struct fixture *f)
{
    assert_int_equal(mkdir("mnt/boot", 0755), 0);
    put_file("mnt/boot/kernel", 5000);
    put_file("kernel", 5000);
    put_links("mnt");
    unmount();
    open_image(f);
    check_links(f, 1023, "kernel");
}
BOTH(long_links)

/* --- the log ------------------------------------------------------------------------------- */

static void copy_image(void)
{
    sync();
    assert_int_equal(SPAWN("cp", "image", "taken"), 0);
}

static const char *note_on(struct fixture *f, const char *path)
{
    struct error err = ERROR_INIT;

    if (try_open(f, path, &err) < 0)
        fail_msg("%s", err.text);
    return f->note ? f->note : "";
}
#define DIRTY                                                                                    \
    "the XFS of the image was not unmounted; what was written last may stand in its log, which " \
    "is not read"

/* Taken while it is mounted, with names that are in the log alone. */
static void not_unmounted(struct fixture *f)
{
    copy_image();
    assert_string_equal(note_on(f, "taken"), ""); /* nothing is written yet */
    put_names("mnt/some", 20, "name-", "");
    copy_image();
    assert_string_equal(note_on(f, "taken"), DIRTY);
    if (emulated())
        return pass_over("an emulator freezes no filesystem");
    /* frozen, everything is in its place: the log does not say so */
    auto_fd int fd = open("mnt", O_RDONLY | O_CLOEXEC);
    assert_int_equal(ioctl(fd, FIFREEZE, 0), 0);
    int copied = SPAWN("cp", "image", "taken");
    assert_int_equal(ioctl(fd, FITHAW, 0), 0);
    close_fd(&fd);
    assert_int_equal(copied, 0);
    assert_string_equal(note_on(f, "taken"), DIRTY);
    check_file(f, "/some/name-7", "mnt/some/name-7");
    unmount();
    assert_string_equal(note_on(f, "image"), "");
}
BOTH(not_unmounted)

/* The log goes round: an end at many places, and xfs_logprint's word for each. */
static void log_goes_round(struct fixture *f)
{
    char text[4096], name[64];

    for (unsigned round = 0; round < 12; round++) {
        snprintf(name, sizeof name, "mnt/round-%u", round);
        put_names(name, 700, "a-name-that-fills-the-log-", "");
        copy_image();
        assert_string_equal(note_on(f, "taken"), DIRTY);
        unmount();
        assert_string_equal(note_on(f, "image"), "");
        assert_int_equal(SPAWN("xfs_logprint", "-t", "image"), 0);
        auto_fd int fd = open("out", O_RDONLY | O_CLOEXEC);
        ssize_t count = pread_all(fd, text, sizeof text - 1, 0);
        assert_true(count > 0);
        text[count] = '\0';
        assert_non_null(strstr(text, "<CLEAN>"));
        assert_int_equal(SPAWN("mount", "-o", "loop", "image", "mnt"), 0);
        assert_int_equal(SPAWN("rm", "-rf", name), 0);
    }
}
static void log_goes_round_512(void **state)
{
    MOUNT_NEW("-l", "version=2");
    log_goes_round(*state);
}
static void log_goes_round_4k(void **state)
{
    MOUNT_NEW("-s", "size=4096");
    log_goes_round(*state);
}
static void log_goes_round_striped(void **state)
{
    MOUNT_NEW("-l", "su=65536");
    log_goes_round(*state);
}

/* Whether XFS can be mounted here; from then on in a namespace of our own, so that nobody else's
 * keeps it mounted, and nothing is left of it when we end. */
static bool can_mount(void)
{
    void *fixture;

    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return false;
    setup_mount(&fixture);
    MAKE("40m", NULL);
    bool result = SPAWN("mount", "-o", "loop", "image", "mnt") == 0;
    teardown_mount(&fixture);
    return result;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_mount, teardown_mount)
    const struct CMUnitTest tests[] = {
        TEST(names_come_and_go_4k),
        TEST(names_come_and_go_1k),
        TEST(fragmented),
        TEST(sparse),
        TEST(shared),
        TEST(attributes),
        TEST(long_links_4k),
        TEST(long_links_1k),
        TEST(not_unmounted_4k),
        TEST(not_unmounted_1k),
        TEST(log_goes_round_512),
        TEST(log_goes_round_4k),
        TEST(log_goes_round_striped),
    };

    if (!can_mount()) {
        puts("1..0 # SKIP needs root, and a kernel that mounts XFS");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
