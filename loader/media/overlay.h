/* The installer's ramdisk, mended where the tables of installation media say so.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIA_OVERLAY_H
#define LOADER_MEDIA_OVERLAY_H

#include "common/error.h"
#include "loader/helpers/fetch.h"
#include "loader/media/tables.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* Looks up the ramdisk of FETCHED, which OUTPUTS hold, in MEDIA, and lays the overlay that is named
 * there over it; OUTPUTS' ramdisk is the result then. One that is not known, or needs nothing, or
 * is not there stays as it came. WHO is about to boot it, for the log ("VM web1"). 0; or -1 with
 * ERR: ERROR_SUPPORT_PACKAGE with its path when the overlay is missing, ERROR_LIMITS when the
 * result would be larger than LIMITS allow.
 *
 * Where the project's own table names an overlay by a tree pattern, and the host has none of
 * that table's overlays, there is a warning and no error: those overlays are the vendor's, which
 * the project cannot ship, and an installation that may work without must not fail because of a
 * table that nobody on this host has asked for. */
int overlay_apply(const struct settings *settings, const struct media *media,
                  const struct fetched *fetched, const struct fetch_limits *limits,
                  struct outputs *outputs, const char *who, struct error *err) must_check;

#endif
