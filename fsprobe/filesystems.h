/* The kinds of filesystems that can be read.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FILESYSTEMS_H
#define FSPROBE_FILESYSTEMS_H

#include "common/text.h"
#include "fsprobe/fs/filesystem.h"

/* The filesystem that opens volumes of TYPE (which may be NULL), as signature.h names types; NULL:
 * none does. */
const struct filesystem *filesystem_of(const char *type);

/* Adds to OUT their names as sentences have them, with ", " between: "ext2, ext3, ext4, XFS".
 * Nothing when there is no room. */
void filesystems_add_names(struct buffer *out);

#endif
