/* An ext2 filesystem as a ramdisk, and an overlay's files written into it.
 *
 * The image is hostile: its superblock and group descriptors are checked before libext2fs
 * divides or allocates by them, and its io_manager here reads and writes inside of the image
 * only. The result stays as large as the image was; the room is counted before the first change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_EXT2_H
#define LOADER_RAMDISK_EXT2_H

#include <ext2fs/ext2fs.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "loader/ramdisk/cpio.h"
#include "loader/ramdisk/stream.h"

#define IMAGE_DEPTH_MAX (CPIO_NAME_MAX / 2) /* directories on one path */
#define IMAGE_LINKS_MAX 65536               /* of the overlay's files with several names */

/* The opened filesystem. */
struct ext2_image {
    int fd; /* read and write; not owned */
    uint64_t size;
    const char *name;      /* of the vendor's ramdisk */
    enum error_name blame; /* the name of errors that are its fault */
    ext2_filsys fs;
};

/* Unpacks VENDOR into the descriptor OUTPUT (empty; read and write) and writes OVERLAY's entries
 * into that filesystem. *SIZE gets the image's size. 0, or -1 with ERR: OUTPUT holds no ramdisk
 * then. */
int image_overlay(struct stream *vendor, struct stream *overlay, int output, struct report *report,
                  uint64_t *size, struct error *err) must_check;

/* --- ext2_io.c --- */

/* Opens the filesystem on IMAGE->fd. 0, or -1 with ERR. image_close() flushes it, or, when the
 * work failed (WRITE false), forgets it. */
int image_open(struct ext2_image *image, struct error *err) must_check;
int image_close(struct ext2_image *image, bool write, struct error *err) must_check;
/* Sets ERR: "cannot FORMAT: CAUSE". Returns -1. */
int image_error(const struct ext2_image *image, struct error *err, errcode_t code,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* --- ext2_walk.c --- */

/* The inode of NAME in DIRECTORY (0: not there). 0, or -1 with ERR. */
int image_lookup(struct ext2_image *image, ext2_ino_t directory, const char *name,
                 ext2_ino_t *found, struct error *err) must_check;
/* The directory in which the last part of the normalised PATH stands, symbolic links on the way
 * followed inside of the image; *LAST gets that part. When one is missing: made, root's and 0755,
 * with MAKE; else *PARENT is 0. 0, or -1 with ERR. */
int image_parent(struct ext2_image *image, const char *path, bool make, ext2_ino_t *parent,
                 const char **last, struct error *err) must_check;
/* As the library's, with directories grown when they are full. */
errcode_t image_mkdir(ext2_filsys fs, ext2_ino_t parent, const char *name) must_check;
errcode_t image_link(ext2_filsys fs, ext2_ino_t parent, const char *name, ext2_ino_t number,
                     int type) must_check;

/* --- ext2_remove.c --- */

/* Takes NAME, which is NUMBER with INODE, out of PARENT, and frees what has no name then. *KEPT:
 * it is a directory with something in it, and stays. 0, or -1 with ERR. */
int image_remove(struct ext2_image *image, ext2_ino_t parent, const char *name, ext2_ino_t number,
                 struct ext2_inode *inode, bool *kept, struct error *err) must_check;

/* --- ext2_room.c --- */

/* 0 when the free blocks and inodes suffice for what OVERLAY has; -1 with ERR, which says how
 * much is missing. Reads OVERLAY to its end, and rewinds it. */
int image_room(struct ext2_image *image, struct stream *overlay, struct error *err) must_check;

/* --- ext2_write.c --- */

/* Writes all entries of OVERLAY. 0, or -1 with ERR. */
int image_write(struct ext2_image *image, struct stream *overlay, struct report *report,
                struct error *err) must_check;

#endif
