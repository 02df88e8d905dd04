/* A filesystem that xorriso or genisoimage makes from "root", for tests of ISO 9660's reader. See
 * fs_fixture.h. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_ISO9660_FIXTURE_H
#define TESTS_UNIT_ISO9660_FIXTURE_H

#include "fsprobe/fs/iso9660/iso9660.h"
#include "tests/unit/fs_tree.h"

static inline int setup(void **state)
{
    return setup_for(state, &iso9660_filesystem);
}

/* PROGRAM is "xorriso" or "genisoimage"; OPTIONS are those of mkisofs. */
static inline void make(const char *program, const char *const *options)
{
    const char *argv[24] = {program};
    size_t count = 1;

    if (strcmp(program, "xorriso") == 0) {
        argv[count++] = "-as";
        argv[count++] = "mkisofs";
    }
    argv[count++] = "-quiet";
    argv[count++] = "-o";
    argv[count++] = "image";
    while (*options)
        argv[count++] = *options++;
    argv[count++] = "root";
    unlink("image");
    assert_int_equal(spawn(argv), 0);
}
#define MAKE(program, ...) make(program, (const char *const[]){__VA_ARGS__, NULL})

#endif
