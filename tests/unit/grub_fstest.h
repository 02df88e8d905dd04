/* What GRUB reads of "image", for tests of a filesystem's reader. GRUB is asked by the plain build;
 * the sanitizers have nothing to say of it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_GRUB_FSTEST_H
#define TESTS_UNIT_GRUB_FSTEST_H

#include "tests/unit/fs_fixture.h"
#include "tests/unit/sanitized.h"

static inline void check_against_grub(struct fixture *f, const char *path)
{
    auto_free char *device = xasprintf("(loop0)%s", path), *ours = NULL;
    char image[64];
    uint64_t size;
    struct stat status;

    if (SANITIZED)
        return;
    snprintf(image, sizeof image, "%s/image", f->directory);
    assert_int_equal(SPAWN("grub-fstest", image, "cp", device, "grub-copy"), 0);
    auto_fd int fd = open("grub-copy", O_RDONLY | O_CLOEXEC);
    assert_int_equal(fstat(fd, &status), 0);
    ours = copy_by_map(f, path, &size);
    assert_int_equal(size, status.st_size);
    auto_free char *bytes = xmalloc(size + 1);
    assert_int_equal(pread_all(fd, bytes, size, 0), size);
    assert_memory_equal(ours, bytes, size);
}

struct names {
    char *text; /* each with a blank behind it; what GRUB printed */
    unsigned count;
};

static inline bool is_listed(void *context, const char *name)
{
    struct names *names = context;
    auto_free char *word = xasprintf(" %s", name);
    size_t length = strlen(word);
    const char *at = names->text;

    /* a directory has a slash behind it */
    while ((at = strstr(at, word)) && at[length] != ' ' && at[length] != '/' && at[length] != '\n')
        at++;
    if (!at)
        fail_msg("GRUB does not list %s", name);
    names->count++;
    return true;
}

static inline void check_listing_against_grub(struct fixture *f, const char *path)
{
    auto_free char *device = xasprintf("(loop0)%s/", path);
    auto_buffer struct buffer text = BUFFER_INIT(4 * 1024 * 1024);
    struct error err = ERROR_INIT;
    char image[64], part[4096];
    struct names names = {NULL, 0};
    unsigned words = 0;
    ssize_t count;

    if (SANITIZED)
        return;
    snprintf(image, sizeof image, "%s/image", f->directory);
    assert_int_equal(SPAWN("grub-fstest", image, "ls", device), 0);
    auto_fd int fd = open("out", O_RDONLY | O_CLOEXEC);
    buffer_add_text(&text, " ");
    while ((count = read(fd, part, sizeof part)) > 0)
        buffer_add(&text, part, (size_t)count);
    names.text = text.data;
    if (f->filesystem->list(&f->volume, path, is_listed, &names, &err) != 1)
        fail_msg("%s: %s", path, err.text ? err.text : "not there");
    for (char *word = strtok(text.data, " \n"); word; word = strtok(NULL, " \n"))
        words += strcmp(word, "./") != 0 && strcmp(word, "../") != 0;
    assert_int_equal(names.count, words);
}

#endif
