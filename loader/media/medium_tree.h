/* An installer out of a medium, with the sums that the tables of installation media know it by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIA_MEDIUM_TREE_H
#define LOADER_MEDIA_MEDIUM_TREE_H

#include "loader/helpers/tree.h"
#include "loader/media/tables.h"

/* Opens the tables of SETTINGS into MEDIA, which the caller frees in either case, and does the rest
 * as tree_take(): sums are taken where a table has any. */
int medium_tree_take(const struct settings *settings, const struct tree_medium *medium,
                     const struct tree_request *request, const struct fetch_limits *limits,
                     struct media *media, struct outputs *outputs, struct fetched *fetched,
                     struct error *err) must_check;

#endif
