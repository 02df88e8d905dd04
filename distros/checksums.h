/* Where a tree's checksums go, and the format of the files that list them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_CHECKSUMS_H
#define DISTROS_CHECKSUMS_H

#include "distros/lines.h"
#include "distros/plan.h"

/* One checksum as a metadata file lists it. Nothing of it needs to be terminated. */
struct listed_sum {
    enum digest digest;
    const char *hex;
    size_t hex_length;
    const char *path;
    size_t path_length;
};

/* Gives SUM to every file of the plan's layouts that has its path; both are compared without
 * a leading "./" or "/", and SUM's path begins in the folder BASE of the tree ("" or ending
 * in '/'). Of two sums for one file, the stronger digest stays, and of two alike the later
 * one. 0; or -1 with ERR, naming the file and line where LINES stand, when the path is one
 * that is wanted and the digits are not such a digest. */
int plan_sum(struct tree_plan *plan, const struct lines *lines, const char *base,
             const struct listed_sum *sum, struct error *err) must_check;

/* Goes over plan->text, named NAME, as the sum programs of coreutils write it: lines of
 * "HEX  PATH" or "HEX *PATH", and calls plan_sum() for each. DIGEST_NONE: the number of digits
 * says which digest it is. Other lines are passed over. 0, or -1 with ERR. */
int plan_sums_file(struct tree_plan *plan, const char *name, const char *base, enum digest digest,
                   struct error *err) must_check;

#endif
