/* Volumes made of volumes, from the bottom up: md arrays, the partitions inside them, logical
 * volumes, and what is again inside these.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LAYERS_H
#define FSPROBE_DISK_LAYERS_H

#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

#define LAYERS_MAX 4 /* of arrays and groups over one another */

/* Adds to GUEST, whose disks were scanned, all that its volumes make, each identified. A volume
 * that is a part of another, or cannot be read, is known by its type or refusal, and by no
 * filesystem. Damage goes into PROBLEMS; it is never an error. */
void layers_find(struct guest *guest, struct problems *problems);

#endif
