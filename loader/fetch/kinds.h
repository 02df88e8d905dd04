/* The kinds of source that there are, by how their URLs begin (common/protocol/schemes.h).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_KINDS_H
#define LOADER_FETCH_KINDS_H

#include "loader/fetch/source/source.h"

/* The kind of REPOSITORY. What begins like no kind is HTTP's, which says what is wrong with it. */
const struct source_kind *kind_of_source(const char *repository) must_check;

#endif
