/* Btrfs, read without writing: one device or several, every profile whose data are there, packed
 * files, subvolumes and snapshots.
 *
 * Paths begin at the top, subvolume 5, where all others are: "/@/boot/grub/grub.cfg". A subvolume
 * is a directory. What a path means where another subvolume is the root is the same path behind
 * that subvolume's (see `subvolume` of filesystem.h); an absolute symbolic link begins at the root
 * of the subvolume that it is in.
 *
 * Changes since the last commit stand in a tree of their own, the log, which is not read: of these,
 * volumes get a note.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_BTRFS_BTRFS_H
#define FSPROBE_FS_BTRFS_BTRFS_H

#include "fsprobe/fs/filesystem.h"

extern const struct filesystem btrfs_filesystem;

#endif
