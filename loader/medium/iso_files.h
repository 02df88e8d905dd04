/* The files of an ISO 9660 image, by libarchive, through a descriptor.
 *
 * libarchive reads an image from its start to its end and not by path; so the image is gone over
 * once for a list of its files, and again, without the data of other files, for each file that
 * is read. Names are those of Rock Ridge, else the plain ones of ISO 9660, which are in capitals:
 * a path is looked up in its own spelling first, and then in any case of letters. Joliet's are not
 * used, for every installation medium has Rock Ridge names.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_ISO_FILES_H
#define LOADER_MEDIUM_ISO_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"

/* Entries of one image, and bytes of all their paths. A Debian Blu-ray disc has some 60,000. */
#define IMAGE_ENTRIES_MAX (256 * 1024)
#define IMAGE_NAMES_MAX   (32 * 1024 * 1024)
#define IMAGE_PATH_MAX    4096
#define IMAGE_LINKS_MAX   40 /* on the way to one file */
#define IMAGE_BLOCK       (64 * 1024)

struct image_file {
    char *path;
    char *link;    /* the path that it is another name of; NULL: a file of its own */
    uint64_t size; /* bytes, as the directory says */
};

/* Starts as IMAGE_INIT. */
struct iso_image {
    int fd;        /* not owned */
    uint64_t size; /* bytes of the whole image */
    struct image_file *files;
    size_t count, capacity, names; /* names: bytes of all paths */
    uint64_t position;             /* of libarchive in the image */
    int read_errno;                /* why it could not be read; 0: it could */
    unsigned char *block;
};
#define IMAGE_INIT(fd_, size_)       \
    (struct iso_image)               \
    {                                \
        .fd = (fd_), .size = (size_) \
    }

/* Lists the files. 0; or -1 with ERR when directories cannot be read or a bound is passed: those
 * that were found before are there, all the same. */
int image_list(struct iso_image *image, struct error *err) must_check;
/* Frees the list of files and the block; the descriptor stays open. */
void iso_image_free(struct iso_image *image);
#define auto_iso_image __attribute__((cleanup(iso_image_free)))

/* The regular file PATH, links followed. NULL: there is none. It belongs to IMAGE. */
const struct image_file *image_find(const struct iso_image *image, const char *path);

/* Reads FILE (of image_find()) to its end, or until TAKE returns -1 with ERR. A file that is larger
 * than the whole image is refused. 0, or -1 with ERR. */
int image_read(struct iso_image *image, const struct image_file *file,
               int (*take)(void *context, const void *bytes, size_t length, struct error *err),
               void *context, struct error *err) must_check;

/* struct tree_reader's read; CONTEXT is a struct iso_image, listed. */
int image_read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                        struct error *err) must_check;

#endif
