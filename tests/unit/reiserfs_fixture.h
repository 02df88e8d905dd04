/* A filesystem that mkreiserfs makes and tests/images/reiserfs.py fills from "root", for tests of
 * ReiserFS' reader. See fs_fixture.h. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_REISERFS_FIXTURE_H
#define TESTS_UNIT_REISERFS_FIXTURE_H

#include "fsprobe/fs/reiserfs/reiserfs.h"
#include "tests/unit/fs_tree.h"

static char reiserfs_script[4096]; /* where it is, seen from anywhere */

static inline int setup(void **state)
{
    if (!*reiserfs_script)
        assert_non_null(realpath("tests/images/reiserfs.py", reiserfs_script));
    return setup_for(state, &reiserfs_filesystem);
}

/* The words of TEXT behind the COUNT that are in ARGV already, which has room for 24. TEXT is cut
 * up. */
static inline void add_words(const char **argv, size_t count, char *text)
{
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[count++] = word;
    argv[count] = NULL;
    assert_true(count < 24);
}

/* Puts "root" into "image", which is empty; FILLED are options of the script. */
static inline void fill_image(const char *filled)
{
    const char *argv[24] = {"python3", reiserfs_script, "fill", "image", "root"};
    auto_free char *words = xstrdup(filled);

    add_words(argv, 5, words);
    assert_int_equal(spawn(argv), 0);
}

/* An empty filesystem of MIB times 1024 * 1024 bytes; MADE are options of mkreiserfs. */
static inline void make_empty(unsigned mib, const char *made)
{
    const char *argv[24] = {"mkreiserfs", "-q", "-f", "-f"};
    auto_free char *words = xasprintf("%s image", made);

    unlink("image");
    put_text("image", "");
    assert_int_equal(truncate("image", (off_t)mib << 20), 0);
    add_words(argv, 4, words);
    assert_int_equal(spawn(argv), 0);
}

static inline void make(unsigned mib, const char *made, const char *filled)
{
    make_empty(mib, made);
    fill_image(filled);
}

/* Turns "image" into what it was in the file "before", with what it is now in the log. */
static inline void put_into_log(const char *options)
{
    const char *argv[24] = {"python3", reiserfs_script, "log", "before", "image", "image"};
    auto_free char *words = xstrdup(options);

    add_words(argv, 6, words);
    assert_int_equal(spawn(argv), 0);
}

#endif
