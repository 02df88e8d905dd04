/* What Rock Ridge says of a file behind its record's name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_ISO9660_ISO9660_ROCK_H
#define FSPROBE_FS_ISO9660_ISO9660_ROCK_H

#include "fsprobe/fs/iso9660/iso9660_record.h"

struct iso_rock {
    char name[GUEST_NAME_MAX];
    size_t length; /* of NAME; 0: none is said */
    bool has_mode;
    uint32_t mode;     /* as in st_mode */
    bool moved;        /* a directory that is elsewhere in the tree, too; and hidden here */
    bool elsewhere;    /* a directory whose place is MOVED_TO */
    uint32_t moved_to; /* block */
    bool packed;       /* zisofs */
};

/* What is said of RECORD, into *ROCK; the target of a symbolic link also into TARGET, where that is
 * not NULL. 0, or -1 with ERR. */
int iso_rock_read(struct iso *iso, const struct iso_record *record, struct iso_rock *rock,
                  struct buffer *target, struct error *err) must_check;

/* Whether RECORD, the root's own, says that there is Rock Ridge; then *SKIP is how much of each
 * record is something else's. */
bool iso_rock_begins(const struct iso_record *record, unsigned *skip);

#endif
