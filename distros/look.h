/* One look at a tree, to recognise its family: what the families' own functions have in common. For
 * the files of this folder only.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_LOOK_H
#define DISTROS_LOOK_H

#include "distros/recognise.h"

struct family;

struct look {
    const struct recognise_request *request;
    const struct tree_reader *reader;
    struct recognised *out; /* what is found; emptied before each family */
};

/* Plans for FAMILY with RELEASE (NULL: none) and ARCH, a literal, into LOOK->out. 0, or -1 with
 * ERR. */
int look_plan(struct look *look, const struct family *family, const char *release, const char *arch,
              struct error *err) must_check;

/* Plans for FAMILY, without a release and with the architecture that is asked for; when nobody
 * named one, with the one that the tree has. 0, or -1 with ERR. */
int look_plan_any(struct look *look, const struct family *family, struct error *err) must_check;

/* Says that the tree is of FAMILY, by the metadata with which it was planned. Returns 1. */
int look_accept(struct look *look, const struct family *family) must_check;

#endif
