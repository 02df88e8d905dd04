/* Directories.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_ISO9660_ISO9660_DIR_H
#define FSPROBE_FS_ISO9660_ISO9660_DIR_H

#include "fsprobe/fs/iso9660/iso9660_private.h"

struct iso_entry {
    const char *name; /* valid while EACH runs */
    size_t length;    /* bytes */
    enum node_kind kind;
    uint64_t at;              /* of its first record, in bytes into the volume */
    uint64_t size;            /* bytes of all parts; of a file */
    struct iso_extent extent; /* of a directory; its SIZE is 0 where it says that itself */
};

/* Calls EACH for every file and directory in DIRECTORY, "." and ".." not among them, until it
 * returns false. 0, or -1 with ERR. */
int iso_dir_each(struct iso *iso, const struct iso_extent *directory,
                 bool (*each)(void *context, const struct iso_entry *entry), void *context,
                 struct error *err) must_check;

/* The size of the directory at PLACE, as it says itself, into *EXTENT. 0, or -1 with ERR. */
int iso_dir_find(struct iso *iso, uint64_t place, struct iso_extent *extent,
                 struct error *err) must_check;

#endif
