/* A filesystem that mkfs.xfs makes from "root", for tests of its reader. See fs_fixture.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_XFS_FIXTURE_H
#define TESTS_UNIT_XFS_FIXTURE_H

#include "fsprobe/fs/xfs/xfs.h"
#include "tests/unit/fs_tree.h"

static inline int setup(void **state)
{
    return setup_for(state, &xfs_filesystem);
}

/* The description of DIRECTORY from which mkfs.xfs makes a filesystem. */
static inline void describe(const char *directory, FILE *out)
{
    struct dirent **names;
    int count = scandir(directory, &names, NULL, NULL);
    char path[4096], target[1025];
    struct stat status;

    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        snprintf(path, sizeof path, "%s/%s", directory, name);
        assert_int_equal(lstat(path, &status), 0);
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
            ;
        } else if (S_ISLNK(status.st_mode)) {
            ssize_t length = readlink(path, target, sizeof target - 1);
            target[length] = '\0';
            fprintf(out, "%s l--777 0 0 %s\n", name, target);
        } else if (S_ISDIR(status.st_mode)) {
            fprintf(out, "%s d--755 0 0\n", name);
            describe(path, out);
            fprintf(out, "$\n");
        } else {
            fprintf(out, "%s ---644 0 0 %s\n", name, path);
        }
        free(names[i]);
    }
    free(names);
}

/* SIZE is mkfs.xfs's; less than 300m is for tests only, and it is told so. */
static inline void make(const char *size, const char *const *options)
{
    const char *argv[24] = {"mkfs.xfs", "--unsupported", "-q", "-f", "-p", "proto"};
    auto_free char *data = xasprintf("file,name=image,size=%s", size);
    FILE *proto = fopen("proto", "w");
    size_t count = 6;

    fprintf(proto, "/\n0 0\nd--755 0 0\n");
    describe("root", proto);
    fprintf(proto, "$\n");
    assert_int_equal(fclose(proto), 0);
    argv[count++] = "-d";
    argv[count++] = data;
    while (*options)
        argv[count++] = *options++;
    unlink("image");
    assert_int_equal(spawn(argv), 0);
}
#define MAKE(size, ...) make(size, (const char *const[]){__VA_ARGS__, NULL})

#endif
