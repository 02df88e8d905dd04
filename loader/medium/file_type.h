/* What a file is, by its first bytes.
 *
 * Compressed files as compression.h has them; cpio newc "070701", crc "070702", odc "070707"; ext2
 * 0xEF53 at byte 1080; kernels as common/kernel_magic.h and kernel_image.h say. gzip may hold a
 * kernel as well as a ramdisk: what is inside decides, and is looked at through libarchive.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_FILE_TYPE_H
#define LOADER_MEDIUM_FILE_TYPE_H

#include "common/error.h"
#include "common/memory.h"

/* Bytes from a file's start, plain or decompressed, that are looked at. */
#define KIND_HEAD 4096
/* Bytes of the compressed file that are read for them. A bzip2 block has 900 KiB. */
#define KIND_PACKED_MAX (2 * 1024 * 1024)

enum kind { KIND_OTHER, KIND_RAMDISK, KIND_KERNEL };

struct kind_of {
    enum kind kind;
    const char *compression; /* "none", "gzip", …; NULL: KIND_OTHER */
    const char *content;     /* of a ramdisk: "cpio", "ext2"; NULL: it cannot be told */
};

/* Looks at the file FD. 0, or -1 with ERR when it cannot be read. */
int kind_look(int fd, struct kind_of *kind, struct error *err) must_check;

#endif
