/* Clusters and the table that chains them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_FAT_FAT_CHAIN_H
#define FSPROBE_FS_FAT_FAT_CHAIN_H

#include "fsprobe/fs/fat/fat_private.h"

/* Where CLUSTER is, in bytes into the volume, into *AT. 0; or -1 with ERR when there is none of
 * that number. */
int fat_place(const struct fat *fat, uint32_t cluster, uint64_t *at, struct error *err) must_check;

/* Goes on to the cluster behind *CLUSTER, which is one. 1, 0 it was the last one, -1 with ERR. What
 * bounds the chain is the caller's: it may be a circle. */
int fat_next(struct fat *fat, uint32_t *cluster, struct error *err) must_check;

#endif
