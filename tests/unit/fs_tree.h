/* Trees of files for tests of a filesystem's reader, and their comparison with what is read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_FS_TREE_H
#define TESTS_UNIT_FS_TREE_H

#include "tests/unit/fs_fixture.h"
#include "tests/unit/sanitized.h"

/* Three bytes in four are no text, and no block is like another. */
static inline void put_file(const char *path, size_t length)
{
    auto_free unsigned char *bytes = xmalloc(length + 1);
    uint32_t number = (uint32_t)length;

    for (size_t i = 0; i < length; i++) {
        number = number * 1664525 + 1013904223;
        bytes[i] = (unsigned char)(number >> 24);
    }
    put_bytes(path, bytes, length, 0);
}

#define MANY 10000 /* files, which are empty then */
static inline void put_names(const char *directory, unsigned count, const char *before,
                             const char *after)
{
    assert_int_equal(mkdir(directory, 0755), 0);
    for (unsigned i = 0; i < count; i++) {
        char name[300], path[600], text[16];
        snprintf(name, sizeof name, "%s%u%s", before, i, after);
        snprintf(path, sizeof path, "%s/%s", directory, name);
        snprintf(text, sizeof text, "%u\n", i);
        put_text(path, count < MANY ? text : "");
    }
}

static inline char *text_of(char c, size_t length)
{
    char *text = xmalloc(length + 1);

    memset(text, c, length);
    text[length] = '\0';
    return text;
}

/* A link of LENGTH bytes to /boot/kernel. */
static inline void put_link(const char *path, size_t length)
{
    auto_free char *target = text_of('/', length);
    const char *end = "boot/kernel";

    memcpy(target + length - strlen(end), end, strlen(end));
    assert_int_equal(symlink(target, path), 0);
}

/* Parts of the file at PATH, which has the SIZE bytes at BYTES: at its ends and around places where
 * blocks may end. */
static inline void check_parts(struct fixture *f, const char *path, const char *bytes, size_t size)
{
    const size_t places[] = {0, 1, 511, 4096, size / 2, size - 1, size, size + 1};

    for (size_t i = 0; size && i < ARRAY_SIZE(places); i++) {
        auto_buffer struct buffer out = BUFFER_INIT(4096);
        auto_error struct error err = ERROR_INIT;
        size_t at = places[i], rest = at < size ? size - at : 0, length = i % 2 ? 513 : 4096;

        if (f->filesystem->read_part(&f->volume, path, at, length, &out, &err) != 1)
            fail_msg("%s: %s", path, err.text ? err.text : "not there");
        assert_int_equal(out.length, rest < length ? rest : length);
        if (out.length)
            assert_memory_equal(out.data, bytes + at, out.length);
    }
}

static inline void check_file(struct fixture *f, const char *path, const char *host)
{
    auto_buffer struct buffer out = BUFFER_INIT(64 * 1024 * 1024);
    auto_free char *copied = NULL;
    struct error err = ERROR_INIT;
    bool whole = false;
    auto_fd int fd = open(host, O_RDONLY | O_CLOEXEC);
    struct stat status;
    uint64_t size;

    assert_int_equal(fstat(fd, &status), 0);
    auto_free char *bytes = xmalloc((size_t)status.st_size + 1);
    assert_int_equal(pread_all(fd, bytes, (size_t)status.st_size, 0), status.st_size);
    if (f->filesystem->read(&f->volume, path, out.maximum, &out, &whole, &err) != 1)
        fail_msg("%s: %s", path, err.text ? err.text : "not there");
    assert_true(whole);
    assert_int_equal(out.length, status.st_size);
    copied = copy_by_map(f, path, &size);
    assert_int_equal(size, status.st_size);
    if (size) {
        assert_memory_equal(out.data, bytes, size);
        assert_memory_equal(copied, bytes, size);
    }
    check_parts(f, path, bytes, size);
}

static inline bool count_name(void *context, const char *name)
{
    struct stat status;
    unsigned *count = context;

    assert_int_equal(lstat(name, &status), 0);
    ++*count;
    return true;
}

static inline void check_tree(struct fixture *f, const char *path, const char *host);

static inline void check_node(struct fixture *f, const char *path, const char *host)
{
    struct error err = ERROR_INIT;
    struct file_status expected;
    struct stat status;

    assert_int_equal(stat(host, &status), 0);
    if (f->filesystem->status(&f->volume, path, &expected, &err) != 1)
        fail_msg("%s: %s", path, err.text ? err.text : "not there");
    assert_int_equal(expected.regular, S_ISREG(status.st_mode));
    assert_int_equal(expected.directory, S_ISDIR(status.st_mode));
    if (expected.regular)
        check_file(f, path, host);
    else
        check_tree(f, path, host);
}

/* Of a folder with many names, sanitizers look at some. */
#define FOLDER_OF_MANY  64
#define SANITIZED_STEPS 16

/* Everything below HOST is in the filesystem at PATH, and nothing else. */
static inline void check_tree(struct fixture *f, const char *path, const char *host)
{
    struct dirent **names;
    int count = scandir(host, &names, NULL, NULL);
    struct error err = ERROR_INIT;
    char working[4096];
    unsigned listed = 0;

    assert_non_null(getcwd(working, sizeof working));
    assert_int_equal(chdir(host), 0);
    if (f->filesystem->list(&f->volume, path, count_name, &listed, &err) != 1)
        fail_msg("%s: %s", path, err.text ? err.text : "not there");
    assert_int_equal(chdir(working), 0);
    assert_int_equal(listed, count - 2);
    for (int i = 0; i < count; i++) {
        auto_free char *below = xasprintf("%s/%s", path, names[i]->d_name);
        auto_free char *on_host = xasprintf("%s/%s", host, names[i]->d_name);
        bool left_out = SANITIZED && count > FOLDER_OF_MANY && i % SANITIZED_STEPS != 0;
        struct stat status;
        if (!left_out && names[i]->d_name[0] != '.' && lstat(on_host, &status) == 0 &&
            (!S_ISLNK(status.st_mode) || stat(on_host, &status) == 0)) {
            f->budget = BUDGET;
            check_node(f, below, on_host);
        }
        free(names[i]);
    }
    free(names);
}

static inline void check_absent(struct fixture *f, const char *path)
{
    struct error err = ERROR_INIT;
    struct file_status status;

    if (f->filesystem->status(&f->volume, path, &status, &err) != 0)
        fail_msg("%s: %s", path, err.text ? err.text : "it is there");
}

/* Below, at and above what inodes and small blocks hold. */
static const size_t link_lengths[] = {12, 155, 156, 157, 336, 337, 967, 968, 969, 1023};

/* Links are compared by what they lead to: on the host they lead elsewhere. */
static inline void check_links(struct fixture *f, size_t longest, const char *kernel)
{
    for (size_t i = 0; i < ARRAY_SIZE(link_lengths) && link_lengths[i] <= longest; i++) {
        auto_free char *path = xasprintf("/link-%zu", link_lengths[i]);
        f->budget = BUDGET;
        check_file(f, path, kernel);
    }
}

static inline void put_links(const char *directory)
{
    for (size_t i = 0; i < ARRAY_SIZE(link_lengths); i++) {
        auto_free char *path = xasprintf("%s/link-%zu", directory, link_lengths[i]);
        put_link(path, link_lengths[i]);
    }
}

#endif
