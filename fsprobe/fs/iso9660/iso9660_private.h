/* What the files of this folder share: the opened filesystem, and its bounds.
 *
 * Numbers on the disk stand there in both byte orders, and the little-endian one is read. A file is
 * a record in a directory, or several behind each other, each with a piece of it that stands
 * together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_ISO9660_ISO9660_PRIVATE_H
#define FSPROBE_FS_ISO9660_ISO9660_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "fsprobe/fs/nodes.h"

#define ISO_SECTOR          2048
#define ISO_DESCRIPTORS_MAX 64
#define ISO_DIRECTORY_MAX   (16 * 1024 * 1024) /* bytes */
#define ISO_PARTS_MAX       1024               /* of a file */
#define ISO_CONTINUED_MAX   32                 /* pieces of what Rock Ridge says of a file */

enum iso_names { ISO_PLAIN, ISO_JOLIET, ISO_ROCK_RIDGE };

/* Bytes that stand together. */
struct iso_extent {
    uint64_t place, size;
};

struct iso {
    struct nodes nodes; /* first; see nodes.h */
    uint32_t block;     /* bytes */
    uint64_t size;      /* bytes; of the filesystem, as it says itself */
    enum iso_names names;
    unsigned skip; /* bytes before what Rock Ridge says in each record */
    struct iso_extent root;
};

#endif
