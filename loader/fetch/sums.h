/* The sums of one ramdisk, and of what type it is: for people who teach the tables of
 * installation media a new one. No file is written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_SUMS_H
#define LOADER_FETCH_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/fetch/answer.h"
#include "loader/fetch/source/source.h"

/* Bytes of a ramdisk, and of what it unpacks to, by which its type is told: an ext2 superblock
 * ends at 2048. (Linux, Documentation/filesystems/ext4/super.rst) */
#define SUMS_HEAD 4096

/* Reads FD to its end, for DIGESTS (DIGEST_BITs); the type is told with all DIGESTS_OF_TABLES only:
 * without, nothing of the content is looked at. 0; or -1 with ERR: unreadable, empty, larger than
 * LIMIT bytes. */
int sums_of_file(int fd, uint64_t limit, unsigned digests, struct report *report, struct sums *sums,
                 struct error *err) must_check;
/* The same for the file at PATH of SOURCE's repository. */
int sums_of_url(struct file_source *source, const char *path, uint64_t limit, struct sums *sums,
                struct error *err) must_check;

/* The type of the ramdisk that begins with the LENGTH bytes at HEAD (SUMS_HEAD of them, unless it
 * is shorter): "cpio" for a cpio archive, plain or compressed; "ext2" for a gzip-compressed ext2
 * filesystem; NULL: neither. Only gzip is looked into: what else compresses a ramdisk came when
 * all of them were archives. */
const char *sums_type(const unsigned char *head, size_t length);

#endif
