/* NFS, versions 3 and 4, by libnfs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NFS_NFS_H
#define LOADER_FETCH_NFS_NFS_H

#include "loader/fetch/source/source.h"

extern const struct source_kind source_nfs;

#endif
