/* Which of a Btrfs' subvolumes GRUB sees, as SUSE's GRUB has it (and Red Hat's, which carries the
 * same changes): variables say so, at the time when a file is looked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_BTRFS_H
#define FSPROBE_CONFIG_GRUB2_BTRFS_H

#include "fsprobe/config/grub2/run.h"

/* What GRUB means by PATH on VOLUME, from the top of that filesystem, where our paths begin. The
 * caller frees; NULL, with a problem, when there is no such subvolume. */
char *grub2_btrfs_path(struct grub2 *g, size_t volume, const char *path) must_check;
/* The part of PATH, from the top, that lies in the default subvolume of VOLUME: what GRUB's own
 * $prefix has there, with $btrfs_relative_path set. NULL when there is none but the top, or PATH
 * lies elsewhere. Points into PATH. */
const char *grub2_btrfs_inside(struct grub2 *g, size_t volume, const char *path);

grub2_command grub2_cmd_btrfs_mount;   /* btrfs-mount-subvol */
grub2_command grub2_cmd_btrfs_default; /* btrfs-get-default-subvol */

#endif
