/* A filesystem that makefs makes from "root", for tests of UFS's reader. See fs_fixture.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_UFS_FIXTURE_H
#define TESTS_UNIT_UFS_FIXTURE_H

#include "fsprobe/fs/ufs/ufs.h"
#include "tests/unit/fs_tree.h"

static inline int setup(void **state)
{
    return setup_for(state, &ufs_filesystem);
}

/* ORDER is "le" or "be", SIZE the least that it may be ("4m"); OPTIONS are those of the filesystem,
 * "version=2,bsize=8192,fsize=1024". */
static inline void make(const char *order, const char *size, const char *options)
{
    unlink("image");
    assert_int_equal(
        SPAWN("makefs", "-M", size, "-B", order, "-t", "ffs", "-o", options, "image", "root"), 0);
}

#endif
