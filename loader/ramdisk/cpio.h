/* One entry of a cpio archive: read in the three portable formats, written in one.
 *
 * newc ("070701"), crc ("070702") and odc ("070707"), as the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst and POSIX's `pax` describe them.
 * Fields are digits to the last one: a sign, a space or a NUL in a number is damage.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_CPIO_H
#define LOADER_RAMDISK_CPIO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "loader/ramdisk/output.h"
#include "loader/ramdisk/stream.h"

#define CPIO_NAME_MAX 4096 /* bytes of a name with its NUL: PATH_MAX, which kernels hold to */
#define CPIO_ALIGN    4    /* of newc's headers and contents */

enum cpio_format { CPIO_NEWC, CPIO_CRC, CPIO_ODC };

struct cpio_entry {
    enum cpio_format format;
    uint32_t ino, mode, uid, gid, nlink, mtime;
    uint32_t dev_major, dev_minor;   /* where it lay: with `ino`, which file it is */
    uint32_t rdev_major, rdev_minor; /* which device it is */
    uint32_t size;                   /* bytes of its content */
    uint32_t checksum;               /* crc: the sum of the content's bytes */
    const char *name;
};

/* One archive of a stream: starts as CPIO_READER(stream) at the archive's first byte. */
struct cpio_reader {
    struct stream *stream;
    uint64_t offset; /* from there, for newc's alignment */
    char name[CPIO_NAME_MAX];
};
#define CPIO_READER(s)   \
    (struct cpio_reader) \
    {                    \
        .stream = (s)    \
    }

/* Whether an archive of one of the formats begins with BYTES (6 of them decide). */
bool cpio_sniff(const unsigned char *bytes, size_t length);

/* Reads the next header and name (which stays until the next call); the stream stands before the
 * content then. 1: an entry; 0: the archive's end (its trailer is passed); -1 with ERR. */
int cpio_read(struct cpio_reader *reader, struct cpio_entry *entry, struct error *err) must_check;
/* Gets the next LENGTH bytes of a content. 0; or -1 with ERR, which ends it. */
typedef int cpio_each(void *context, const unsigned char *bytes, size_t length, struct error *err);
/* Passes the content of ENTRY by and hands it to EACH in parts, unless that is NULL. The sum of a
 * crc archive is checked. 0; or -1 with ERR, EACH's too. */
int cpio_content(struct cpio_reader *reader, const struct cpio_entry *entry, cpio_each *each,
                 void *context, struct error *err) must_check;

/* Writes a header of newc and the name. Content, SIZE bytes, has to follow by output_add(), and
 * then output_align(CPIO_ALIGN). 0, or -1 with ERR. */
int cpio_write(struct output *output, const struct cpio_entry *entry, struct error *err) must_check;
/* Writes the trailer, and pads as cpio(1) does. */
int cpio_write_end(struct output *output, struct error *err) must_check;

/* NAME without what does not change which file is meant: "./", "/" in front, doubled and at the
 * end. ".." is a name like any other here: nothing is resolved. The root is "". */
void cpio_normalise(const char *name, char out[CPIO_NAME_MAX]);

#endif
