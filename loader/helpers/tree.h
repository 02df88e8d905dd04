/* An installation tree on a CD, or in an image of one: runs the helper `fsprobe`, which reads it,
 * and `medium` for what sums are needed, and checks what they answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_TREE_H
#define LOADER_HELPERS_TREE_H

#include "common/error.h"
#include "distros/distros.h"
#include "loader/helpers/fetch.h"
#include "loader/helpers/limits.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* Where a tree is. Nothing is owned. */
struct tree_medium {
    char *const *disks; /* paths of files or devices; the first that has a kernel counts */
    size_t count;
    const char *folder; /* in it, where the tree begins; NULL: its root */
};

/* Copies the kernel and the ramdisk that REQUEST is about (its repository does not count) into
 * OUTPUTS' files, which are made here, and checks them against the tree's own checksums.
 * FOR_TABLES: FETCHED gets the sums of the ramdisk, too; else those are empty. 0; or -1 with ERR,
 * which says which file, from where, and why. The caller frees FETCHED in both cases. */
int tree_take(const struct settings *settings, const struct tree_medium *medium,
              const struct tree_request *request, const struct fetch_limits *limits,
              bool for_tables, struct outputs *outputs, struct fetched *fetched,
              struct error *err) must_check;

#endif
