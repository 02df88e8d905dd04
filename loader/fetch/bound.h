/* The checksums by which mirrors are held together: what one has said of a file holds for the file
 * that comes from another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_BOUND_H
#define LOADER_FETCH_BOUND_H

#include <jansson.h>

#include "common/error.h"
#include "distros/distros.h"
#include "loader/fetch/request.h"

/* Holds the files of TREE's layouts to what REQUEST says of them. 0; or -1 with ERR: the tree,
 * whose repository is REPOSITORY, says another checksum of the same kind. */
int bound_apply(const struct fetch_request *request, struct tree *tree, const char *repository,
                struct error *err) must_check;

/* What TREE says of its layouts' files, as the request has it, at most FETCH_BOUND_MAX; NULL:
 * nothing, or no memory. The caller frees. */
json_t *bound_json(const struct tree *tree) must_check;

#endif
