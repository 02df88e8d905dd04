/* What the repository is, and where in it to look.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_PLAN_H
#define LOADER_FETCH_PLAN_H

#include <stdbool.h>

#include "common/error.h"
#include "loader/fetch/answer.h"
#include "loader/fetch/request.h"
#include "loader/fetch/source/source.h"

/* Recognises the repository and fills FETCHED's `recognised`, `family` and `tree`: the layouts
 * of the family that is asked for, or of the recognised one. Whether the tree contradicts the
 * request is eliloader's business; a tree that cannot be recognised is an error only when the
 * request leaves the family to it. In a request to identify, or for any family, FETCHED->tree has
 * no layouts then, and that is no error. 0, or -1 with ERR. */
int plan_tree(const struct fetch_request *request, struct file_source *source,
              struct fetch_result *fetched, struct error *err) must_check;

/* Whether REQUEST takes the layouts of any family (see fetch.h). */
bool plan_is_for_any(const struct fetch_request *request) must_check;

#endif
