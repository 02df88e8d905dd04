/* A Btrfs of one or more devices, for tests of its reader. Each test stands in a directory of its
 * own, where the files dev1, dev2, … are the devices.
 *
 * mkfs.btrfs makes one from the directory "root", for whoever runs the tests; what only the kernel
 * makes (packed files, subvolumes, several devices) needs root, and is passed over without.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_BTRFS_FIXTURE_H
#define TESTS_UNIT_BTRFS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "fsprobe/fs/guest.h"

#define BTRFS_DEVICES    4
#define BTRFS_IMAGE_SIZE (UINT64_C(160) * 1024 * 1024) /* with room for the superblock's copy */
#define BTRFS_BUDGET     (UINT64_C(128) * 1024 * 1024)

struct btrfs_fixture {
    char directory[32];
    struct guest guest; /* volume N is device N + 1 */
    uint64_t budget;
    int fds[BTRFS_DEVICES];
    char *note; /* of the device that was opened last */
};

int btrfs_setup(void **state);
int btrfs_teardown(void **state);

/* Runs a program with its output in the file OUTPUT. Returns its exit status. */
int btrfs_run(const char *output, const char *const *argv);
/* mkfs.btrfs: dev1, of SIZE bytes, from "root"; OPTIONS are words. */
void btrfs_make(const char *options, uint64_t size);
/* COUNT devices of SIZE bytes, made by mkfs.btrfs with OPTIONS, mounted with MOUNT (may be "") and
 * filled by COMMANDS (bash), which stand in the top directory. False where that cannot be done, for
 * it needs root, loop devices and a kernel that has Btrfs: the reason is said, and the test
 * returns. */
bool btrfs_make_mounted(unsigned count, uint64_t size, const char *options, const char *mount,
                        const char *commands);
/* The same with files of all kinds in /boot, and then COMMANDS; what /boot holds is copied to the
 * directory "filled". */
bool btrfs_make_filled(unsigned count, const char *options, const char *mount,
                       const char *commands);
/* That /boot is what "filled" is. */
void btrfs_check_filled(struct btrfs_fixture *f);

/* The devices from FIRST to LAST as the guest's volumes, unopened; what was there is closed. */
void btrfs_attach(struct btrfs_fixture *f, unsigned first, unsigned last);
void btrfs_detach(struct btrfs_fixture *f);
/* Attaches dev1 to devCOUNT and opens the first; fails the test where that fails. */
void btrfs_open(struct btrfs_fixture *f, unsigned count);
/* Opens volume INDEX: 0, or -1 with ERR. */
int btrfs_try(struct btrfs_fixture *f, unsigned index, struct error *err);

/* What PATH holds, by way of read(), and by way of map() with the runs copied and unpacked: the
 * same, or the test fails. LIMIT: bytes at most. The caller frees; NULL with ERR. */
unsigned char *btrfs_bytes(struct btrfs_fixture *f, const char *path, size_t limit, size_t *length,
                           struct error *err);
/* That PATH holds what the file FILE does. */
void btrfs_same_at(struct btrfs_fixture *f, const char *path, const char *file, int line);
#define same(f, path, file) btrfs_same_at(f, path, file, __LINE__)
void btrfs_text_at(struct btrfs_fixture *f, const char *path, const char *text, int line);
#define reads(f, path, text) btrfs_text_at(f, path, text, __LINE__)
/* That reading PATH fails with a sentence that holds WHY. */
void btrfs_fails_at(struct btrfs_fixture *f, const char *path, const char *why, int line);
#define fails(f, path, why) btrfs_fails_at(f, path, why, __LINE__)
void btrfs_missing_at(struct btrfs_fixture *f, const char *path, int line);
#define missing(f, path) btrfs_missing_at(f, path, __LINE__)

/* Writes TEXT, or LENGTH bytes that do not repeat, or bytes that pack well, into the file PATH. */
void btrfs_put_text(const char *path, const char *text);
void btrfs_put_noise(const char *path, size_t length);
void btrfs_put_words(const char *path, size_t length);

#endif
