/* A volume group of LVM2, as its metadata and the physical volumes that are there make it; and its
 * logical volumes as sources. Private to lvm*.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LVM_GROUP_H
#define FSPROBE_DISK_LVM_GROUP_H

#include "fsprobe/disk/lvm_label.h"
#include "fsprobe/disk/lvm_text.h"
#include "fsprobe/fs/source.h"

#define LVM_PVS_MAX      64
#define LVM_LVS_MAX      1024
#define LVM_SEGMENTS_MAX 4096 /* of one logical volume */
/* Logical volumes inside one another. */
#define LVM_NESTED_MAX 8
/* Parts of physical and logical volumes that all logical volumes of a guest's groups may be made
 * of, those inside others once for each. */
#define LVM_PARTS_MAX (16 * 1024)
/* Such parts that are looked for, also where nothing comes of it: volumes inside one another that
 * each name the next one a hundred times have more legs than could ever be opened. */
#define LVM_TRIES_MAX (4 * LVM_PARTS_MAX)
#define LVM_ID_LENGTH 38 /* with dashes */

struct lvm_pv {
    const char *name;               /* "pv0", in the metadata only */
    char uuid[LVM_UUID_LENGTH + 1]; /* without dashes */
    const char *id;                 /* with them */
    uint64_t start;                 /* bytes into it */
    uint64_t extents;
    bool missing;          /* it was when the metadata were written: it holds an older state */
    struct source *source; /* not owned; NULL: it is not there */
    size_t volume;         /* index of the guest's, where it is */
    bool used, lacking;    /* by the logical volume that was made last */
};

struct lvm_group {
    struct lvm_text text; /* everything points into it */
    const char *name, *id;
    uint64_t number; /* the more, the newer */
    uint64_t extent; /* bytes */
    struct lvm_pv pvs[LVM_PVS_MAX];
    size_t pv_count;
    const struct lvm_node *lvs; /* the first; sections */
    size_t parts;               /* of pieces that were made so far, also for other groups */
    size_t tries;               /* for such parts, likewise */
    uint64_t *budget;           /* see SOURCE_BUDGET */
};

/* Reads the LENGTH bytes of a metadata text into GROUP, which must be zeroed. Physical volumes have
 * no sources then. 0, or -1 with ERR: why, and not of what. The caller frees in both cases. */
int lvm_group_parse(struct lvm_group *group, const char *bytes, size_t length,
                    struct error *err) must_check;
/* Forgets which physical volumes were used, and which were lacking. */
void lvm_group_forget(struct lvm_group *group);
void lvm_group_free(struct lvm_group *group);

#endif
