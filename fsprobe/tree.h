/* An installation tree on a medium: what it is, where its kernel and ramdisk are, and both for
 * whoever copies them. A CD and an image of one are volumes like those of a guest's disk.
 *
 * All volumes with files are looked at, those with ISO 9660 first, and the first in which a kernel
 * is counts. Checksums that the tree has are told, not checked: fsprobe has no digests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_TREE_H
#define FSPROBE_TREE_H

#include "common/error.h"
#include "distros/survey.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

/* What is asked; strings belong to whoever made it. */
struct tree_wish {
    bool wanted;
    bool identify;      /* say what the tree is: what is wrong with it is no error */
    const char *folder; /* on the volume, where the tree begins; NULL: its root */
    const char *family; /* as of struct survey_request, and the others too */
    const char *arch, *release, *kernel, *ramdisk;
};

/* What was found. Starts zeroed; freed by tree_found_free(). */
struct tree_found {
    struct survey survey;
    bool there;                         /* the kernel is */
    size_t layout;                      /* of survey.tree, by which it was found */
    struct entry entry;                 /* both files, for copy.h */
    uint64_t kernel_size, ramdisk_size; /* bytes */
    bool has_ramdisk;
    bool ramdisk_placed;   /* it stands in one piece on the disk RAMDISK_DISK */
    unsigned ramdisk_disk; /* number */
    uint64_t ramdisk_at;   /* bytes into that disk */
    char *problem;         /* to identify: what keeps the files away; or NULL */
    bool no_kernel;        /* why there was an error */
};

/* Looks for WISH on the volumes of GUEST, which are open; PROBLEMS are theirs so far. 0; or -1 with
 * ERR, which names the medium. The caller frees FOUND in both cases. */
int tree_look(struct guest *guest, const struct tree_wish *wish, const struct problems *problems,
              struct tree_found *found, struct error *err) must_check;
void tree_found_free(struct tree_found *found);

#endif
