/* Teaching the tables of installation media one ramdisk: `eliloader media add`.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIA_ADD_H
#define LOADER_MEDIA_ADD_H

#include "common/error.h"
#include "common/text.h"
#include "loader/settings/options.h"

/* Adds the ramdisk SOURCE (a file or a URL) with SETTINGS' overlay, type and name to SETTINGS'
 * map, else to local.map in the first map folder. An overlay from elsewhere is copied beside the
 * table. All of it or nothing, under a lock on the folder. 0, and *LINE, which the caller frees,
 * is "TABLE: the line"; or -1 with ERR: the ramdisk is in a table already (which is named), is
 * of no known type, the overlay is no archive, or anything cannot be read or written. */
int media_add(const struct settings *settings, const char *source, char **line,
              struct error *err) must_check;

/* 0 when PATH is there and is a cpio archive by its first bytes; else -1 with ERR. */
int media_check_overlay(const struct settings *settings, const char *path,
                        struct error *err) must_check;

#endif
