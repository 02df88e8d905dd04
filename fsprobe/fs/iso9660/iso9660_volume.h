/* The volume descriptors, which tell where the root is and how names are kept.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_ISO9660_ISO9660_VOLUME_H
#define FSPROBE_FS_ISO9660_ISO9660_VOLUME_H

#include "fsprobe/fs/iso9660/iso9660_private.h"

/* Reads and checks them, and sets what ISO knows of the filesystem; its nodes and cache are there
 * already. 0, or -1 with ERR. */
int iso_volume_load(struct iso *iso, struct error *err) must_check;

#endif
