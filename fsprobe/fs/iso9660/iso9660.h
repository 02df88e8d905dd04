/* ISO 9660, with the names of Rock Ridge or Joliet where it has them. Installation media are this,
 * and so are the images that clouds give to guests.
 *
 * Format: ECMA-119; SUSP 1.12 and RRIP 1.12 (IEEE P1281, P1282); Microsoft's Joliet specification.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_ISO9660_ISO9660_H
#define FSPROBE_FS_ISO9660_ISO9660_H

#include "fsprobe/fs/filesystem.h"

extern const struct filesystem iso9660_filesystem;

#endif
