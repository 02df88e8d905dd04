/* A directory's records.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_ISO9660_ISO9660_RECORD_H
#define FSPROBE_FS_ISO9660_ISO9660_RECORD_H

#include "fsprobe/fs/iso9660/iso9660_private.h"

#define ISO_RECORD_MIN 34
#define ISO_RECORD_MAX 255

/* Of flags. */
#define ISO_DIRECTORY  0x02
#define ISO_ASSOCIATED 0x04 /* belongs to the file of that name */
#define ISO_GOES_ON    0x80 /* the next record is of the same file */

struct iso_record {
    uint64_t at; /* of the record, in bytes into the volume */
    struct iso_extent extent;
    unsigned flags;
    bool interleaved; /* its bytes do not stand together */
    const unsigned char *name;
    size_t name_length;
    const unsigned char *more; /* for Rock Ridge */
    size_t more_length;
};

/* The record at BYTES, of which LENGTH are there, which is at AT of the volume. 0, or -1 with
 * ERR. */
int iso_record_take(const struct iso *iso, const unsigned char *bytes, size_t length, uint64_t at,
                    struct iso_record *record, struct error *err) must_check;

/* Calls EACH for the records of DIRECTORY, from the one at FROM on, until it returns 0, or -1 with
 * ERR; 1 goes on. A record's bytes are valid while EACH runs. As EACH. */
int iso_records_each(struct iso *iso, const struct iso_extent *directory, uint64_t from,
                     int (*each)(void *context, const struct iso_record *record, struct error *err),
                     void *context, struct error *err) must_check;

/* Whether EXTENT is inside the filesystem: 0, or -1 with ERR. */
int iso_check_extent(const struct iso *iso, const struct iso_extent *extent,
                     struct error *err) must_check;

#endif
