/* The table of filesystems. See filesystems.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/filesystems.h"

#include <string.h>

#include "fsprobe/fs/btrfs/btrfs.h"
#include "fsprobe/fs/ext/ext.h"
#include "fsprobe/fs/fat/fat.h"
#include "fsprobe/fs/iso9660/iso9660.h"
#include "fsprobe/fs/reiserfs/reiserfs.h"
#include "fsprobe/fs/ufs/ufs.h"
#include "fsprobe/fs/xfs/xfs.h"

static const struct filesystem *const filesystems[] = {
    &ext_filesystem,      &xfs_filesystem, &btrfs_filesystem,   &fat_filesystem,
    &reiserfs_filesystem, &ufs_filesystem, &iso9660_filesystem,
};

const struct filesystem *filesystem_of(const char *type)
{
    for (size_t i = 0; type && i < ARRAY_SIZE(filesystems); i++)
        for (const char *const *known = filesystems[i]->types; *known; known++)
            if (strcmp(*known, type) == 0)
                return filesystems[i];
    return NULL;
}

void filesystems_add_names(struct buffer *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(filesystems); i++)
        (void)buffer_addf(out, "%s%s", i ? ", " : "", filesystems[i]->name);
}
