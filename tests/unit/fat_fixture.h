/* A filesystem that mkfs.vfat makes and mtools fill from "root", for tests of FAT's reader. See
 * fs_fixture.h. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_FAT_FIXTURE_H
#define TESTS_UNIT_FAT_FIXTURE_H

#include "fsprobe/fs/fat/fat.h"
#include "tests/unit/fs_tree.h"

static inline int setup(void **state)
{
    return setup_for(state, &fat_filesystem);
}

/* Copies PATH into the directory INTO ("::/boot") of "image". */
static inline void put_into(const char *path, const char *into)
{
    assert_int_equal(SPAWN("mcopy", "-i", "image", "-s", "-Q", path, into), 0);
}

/* A filesystem of KIB times 1024 bytes with what is in "root". OPTIONS are those of mkfs.vfat. */
static inline void make(unsigned kib, const char *const *options)
{
    const char *argv[24] = {"mkfs.vfat", "-i", "c0ffee01"};
    auto_free char *size = xasprintf("%u", kib);
    size_t count = 3;
    struct dirent **names;

    while (*options)
        argv[count++] = *options++;
    unlink("image");
    argv[count++] = "-C";
    argv[count++] = "image";
    argv[count++] = size;
    assert_int_equal(spawn(argv), 0);
    int entries = scandir("root", &names, NULL, alphasort);
    for (int i = 0; i < entries; i++) {
        auto_free char *path = xasprintf("root/%s", names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            put_into(path, "::/");
        free(names[i]);
    }
    free(names);
}
#define MAKE(kib, ...) make(kib, (const char *const[]){__VA_ARGS__, NULL})

#endif
