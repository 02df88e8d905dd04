/* A file below a folder, and never one outside it; and its copy.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "loader/host/beneath.h"
#include "loader/sources/copy.h"
#include "tests/unit/skip.h"

/* A private directory with a folder "in" and a file "out" beside it; the working directory. */
struct place {
    char path[64];
    int in;
};

static void must(int result)
{
    if (result < 0)
        fail_msg("preparing a test: %m");
}

static void write_file(const char *path, const void *bytes, size_t length)
{
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    must(fd);
    must(write_all(fd, bytes, length));
}

static int set_up(void **state)
{
    struct place *place = xcalloc(1, sizeof *place);

    strcpy(place->path, "/tmp/eliloader-folder.XXXXXX");
    if (!mkdtemp(place->path) || chdir(place->path) < 0)
        return -1;
    must(mkdir("in", 0700));
    write_file("in/file", "inside", 6);
    write_file("out", "outside", 7);
    place->in = open("in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = place;
    return place->in < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    const pid_t child = fork();

    if (child == 0)
        execlp("rm", "rm", "-rf", place->path, NULL);
    waitpid(child, NULL, 0);
    close(place->in);
    free(place);
    return chdir("/");
}

static int try_open(void **state, const char *path, int *fd, struct error *err)
{
    const struct place *place = *state;

    return folder_open(place->in, "in", path, fd, err);
}

static void is_there(void **state, const char *path)
{
    auto_error struct error err = ERROR_INIT;
    auto_fd int fd = -1;
    char text[8] = "";

    if (try_open(state, path, &fd, &err) != 1)
        fail_msg("%s: %s", path, err.text ? err.text : "not there");
    assert_int_equal(read(fd, text, 7), 6);
    assert_string_equal(text, "inside");
}

static void is_missing(void **state, const char *path)
{
    auto_error struct error err = ERROR_INIT;
    auto_fd int fd = -1;

    assert_int_equal(try_open(state, path, &fd, &err), 0);
    assert_int_equal(fd, -1);
}

static void is_refused(void **state, const char *path, const char *part)
{
    auto_error struct error err = ERROR_INIT;
    auto_fd int fd = -1;

    assert_int_equal(try_open(state, path, &fd, &err), -1);
    assert_int_equal(fd, -1);
    assert_int_equal(err.name, ERROR_INVALID_SOURCE);
    assert_non_null(strstr(err.text, "in/"));
    if (!strstr(err.text, part))
        assert_string_equal(err.text, part);
}

static void plain_paths(void **state)
{
    must(mkdir("in/a", 0700));
    must(mkdir("in/a/b", 0700));
    write_file("in/a/b/c", "inside", 6);
    is_there(state, "file");
    is_there(state, "./a//b/./c");
    is_there(state, "a/b/../../file");
    is_missing(state, "a/b/d");
    is_missing(state, "x/file");
    is_missing(state, "file/x");
    is_there(state, "file/");
    is_refused(state, "a/b", "is a folder");
    is_refused(state, ".", "is a folder");
    is_refused(state, "", "is a folder");
}

static void out_of_the_folder(void **state)
{
    auto_free char *absolute = xasprintf("%s/in/file", ((struct place *)*state)->path);

    must(symlink("../out", "in/up"));
    must(symlink("/etc/passwd", "in/absolute"));
    must(symlink(absolute, "in/self"));
    must(symlink("..", "in/parent"));
    must(mkdir("in/a", 0700));
    must(symlink("../../out", "in/a/up"));
    is_refused(state, "../out", "leads out of the folder");
    is_refused(state, "a/../../out", "leads out of the folder");
    is_refused(state, "up", "leads out of the folder");
    is_refused(state, "a/up", "leads out of the folder");
    is_refused(state, "parent/in/file", "leads out of the folder");
    is_refused(state, "absolute", "by an absolute symbolic link");
    is_refused(state, "self", "by an absolute symbolic link");
}

static void links_inside(void **state)
{
    must(mkdir("in/a", 0700));
    must(mkdir("in/a/b", 0700));
    must(symlink("../../file", "in/a/b/up"));
    must(symlink("a/b", "in/current"));
    must(symlink("gone", "in/broken"));
    must(symlink("a/b/", "in/slash"));
    is_there(state, "a/b/up");
    is_there(state, "current/up");
    is_there(state, "slash/up");
    is_there(state, "current/../../file");
    is_missing(state, "broken");
    is_missing(state, "broken/file");
    is_refused(state, "current", "is a folder");
}

/* Links l1 … lCOUNT, each to the one before, l0 being the file. */
static void link_chain(unsigned count)
{
    must(link("in/file", "in/l0"));
    for (unsigned i = 1; i <= count; i++) {
        auto_free char *target = xasprintf("l%u", i - 1);
        auto_free char *name = xasprintf("in/l%u", i);
        must(symlink(target, name));
    }
}

static void loops_and_chains(void **state)
{
    must(symlink("loop", "in/loop"));
    must(symlink("pong", "in/ping"));
    must(symlink("ping", "in/pong"));
    link_chain(FOLDER_LINKS_MAX + 1);
    auto_free char *below = xasprintf("l%d", FOLDER_LINKS_MAX - 1);
    auto_free char *at = xasprintf("l%d", FOLDER_LINKS_MAX);
    auto_free char *above = xasprintf("l%d", FOLDER_LINKS_MAX + 1);

    is_refused(state, "loop", "loop of symbolic links");
    is_refused(state, "ping/x", "loop of symbolic links");
    is_there(state, below);
    is_there(state, at);
    is_refused(state, above, "loop of symbolic links");
}

/* COUNT folders "d" in one another, and "file" in the last. */
static char *nest(unsigned count)
{
    struct buffer path = BUFFER_INIT(4096);

    for (unsigned i = 0; i < count; i++) {
        buffer_add_text(&path, i ? "/d" : "d");
        auto_free char *real = xasprintf("in/%s", buffer_text(&path));
        (void)mkdir(real, 0700);
    }
    buffer_add_text(&path, "/file");
    auto_free char *real = xasprintf("in/%s", buffer_text(&path));
    write_file(real, "inside", 6);
    return buffer_take(&path);
}

static void depth(void **state)
{
    auto_free char *below = nest(FOLDER_DEPTH_MAX - 2);
    auto_free char *at = nest(FOLDER_DEPTH_MAX - 1);
    auto_free char *above = nest(FOLDER_DEPTH_MAX);

    is_there(state, below);
    is_there(state, at);
    is_refused(state, above, "more folders deep");
}

/* A link to in/file whose target is LENGTH bytes long. */
static void link_of(const char *name, size_t length)
{
    auto_buffer struct buffer target = BUFFER_INIT(length);

    for (size_t left = length - strlen("file"); left > 0;
         left = length - strlen("file") - target.length)
        buffer_add_text(&target, left % 2 && target.length ? "/" : "./");
    buffer_add_text(&target, "file");
    must(symlink(buffer_text(&target), name));
}

static void length_with_links(void **state)
{
    /* What is left of the way stands behind the target, with a slash between them. */
    link_of("in/link", FOLDER_PATH_MAX - 3);
    is_there(state, "link");
    is_there(state, "link/");
    is_there(state, "link//");
    is_refused(state, "link///", "longer than any path");
}

static void no_regular_files(void **state)
{
    must(mkfifo("in/fifo", 0600));
    must(symlink("fifo", "in/link"));
    is_refused(state, "fifo", "neither a regular file nor a link to one");
    is_refused(state, "link", "neither a regular file nor a link to one");
    is_missing(state, "fifo/x");
    if (mknod("in/null", S_IFCHR | 0600, 0x0103) == 0)
        is_refused(state, "null", "neither a regular file nor a link to one");
}

static void the_folder_is_not_closed(void **state)
{
    const struct place *place = *state;

    is_there(state, "file");
    is_refused(state, "../../../out", "leads out");
    assert_true(fcntl(place->in, F_GETFD) >= 0);
}

/* --- the copy ------------------------------------------------------------------------------ */

static int copy(const char *path, const char *kind, uint64_t max, struct error *err)
{
    auto_fd int from = open(path, O_RDONLY | O_CLOEXEC);
    auto_fd int to = open("copy", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const struct local_file file = {.fd = from, .name = path, .kind = kind, .max = max};

    must(from);
    must(to);
    return local_copy(&file, to, err);
}

static void is_copied(const char *path, const char *kind, uint64_t max)
{
    auto_error struct error err = ERROR_INIT;
    auto_buffer struct buffer want = BUFFER_INIT(0), got = BUFFER_INIT(0);

    if (copy(path, kind, max, &err) < 0)
        fail_msg("%s: %s", path, err.text);
    assert_int_equal(read_file(path, 1 << 20, &want, &err), 1);
    assert_int_equal(read_file("copy", 1 << 20, &got, &err), 1);
    assert_int_equal(got.length, want.length);
    assert_memory_equal(got.data, want.data, got.length);
}

static void is_not_copied(const char *path, const char *kind, uint64_t max, enum error_name name,
                          const char *part)
{
    auto_error struct error err = ERROR_INIT;
    struct stat status;

    assert_int_equal(copy(path, kind, max, &err), -1);
    assert_int_equal(err.name, name);
    if (!strstr(err.text, part))
        assert_string_equal(err.text, part);
    must(stat("copy", &status));
    assert_int_equal(status.st_size, 0);
}

static void copies(void **state)
{
    static char many[300000] = "\177ELF";

    (void)state;
    memset(many + 4, 'x', sizeof many - 4);
    write_file("elf", many, sizeof many);
    write_file("gzip", "\x1f\x8b\x08", 3);
    write_file("text", "a", 1);
    write_file("empty", "", 0);
    is_copied("elf", "kernel", sizeof many);
    is_copied("elf", "kernel", sizeof many + 1);
    is_not_copied("elf", "kernel", sizeof many - 1, ERROR_LIMITS,
                  "the kernel elf is too large: 300000 bytes, and the limit is 299999");
    is_copied("gzip", "kernel", 3);
    is_copied("text", "ramdisk", 1);
    is_not_copied("text", "kernel", 1, ERROR_INVALID_SOURCE, "is not a kernel");
    is_not_copied("empty", "ramdisk", 1, ERROR_INVALID_SOURCE, "the ramdisk empty is empty");
}

/* /proc has no copy_file_range, and files that have bytes and no size. */
static void files_of_no_size(void **state)
{
    (void)state;
    if (emulated())
        return pass_over("an emulator makes /proc/self/maps, as a file of a size");
    is_not_copied("/proc/self/maps", "ramdisk", 1 << 20, ERROR_INVALID_SOURCE, "is empty");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(plain_paths),
        TEST(out_of_the_folder),
        TEST(links_inside),
        TEST(loops_and_chains),
        TEST(depth),
        TEST(length_with_links),
        TEST(no_regular_files),
        TEST(the_folder_is_not_closed),
        TEST(copies),
        TEST(files_of_no_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
