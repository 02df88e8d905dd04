/* What a partition holds, by the marks that filesystems and volume managers leave at known
 * places; with its label and UUID.
 *
 * libblkid knows many more, and reads a megabyte of every partition to look for them. It
 * also looks into /sys whenever it is given a part of a block device, which the confined
 * helper cannot.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_SIGNATURE_H
#define FSPROBE_DISK_SIGNATURE_H

#include "common/error.h"
#include "fsprobe/fs/guest.h"

/* Fills VOLUME's type, label and uuid from what its source holds; leaves them NULL
 * when nothing there is known. Names are those of blkid(8): "ext4", "vfat", "swap". Texts are
 * the guest's own bytes. 0, or -1 with ERR when it cannot be read. */
int signature_identify(struct volume *volume, struct error *err) must_check;

#endif
