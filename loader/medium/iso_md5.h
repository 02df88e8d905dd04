/* Whether an image is what its implanted MD5 says: as checkisomd5(1) computes it.
 *
 * The MD5 is that of the volume (its size as the primary descriptor tells it) without the last
 * SKIPSECTORS sectors, in which the 512 bytes for applications count as spaces. Sums of fragments
 * find damage early: the bytes are taken in blocks of 32 KiB; each time a block begins in another
 * of FRAGMENT COUNT + 1 equal fragments than the block before, the MD5 of all bytes up to and
 * with that block is taken, and of it 60 / FRAGMENT COUNT bytes, each as the first digit of its
 * hexadecimal number without leading zeros, stand in FRAGMENT SUMS. (Observed on the real
 * implantisomd5 1.2.3.)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_ISO_MD5_H
#define LOADER_MEDIUM_ISO_MD5_H

#include <stdint.h>

#include "common/error.h"
#include "common/helper/digests.h"
#include "loader/medium/iso_descriptor.h"

#define CHECK_BLOCK (32 * 1024)

enum check_result { CHECK_GOOD, CHECK_DAMAGED, CHECK_CUT_OFF };

struct check {
    enum check_result result;
    uint64_t from, to; /* CHECK_DAMAGED, found by a fragment: where; else 0. Bytes */
    char md5[33];      /* CHECK_DAMAGED, found at the end: what was computed; else "" */
};

/* Checks the image FD of SIZE bytes against DESCRIPTOR, which has an implanted MD5. PROGRESS (may
 * be NULL) is told how many bytes of how many are done. 0, or -1 with ERR when the image cannot be
 * read. */
int check_image(int fd, uint64_t size, const struct descriptor *descriptor,
                const struct digest_algorithms *algorithms,
                void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                struct check *check, struct error *err) must_check;

#endif
