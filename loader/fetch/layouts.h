/* From a repository to two files: what the tree is, its layouts in turn, both files side
 * by side, and whether they are what they should be.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_LAYOUTS_H
#define LOADER_FETCH_LAYOUTS_H

#include "common/error.h"
#include "loader/fetch/answer.h"
#include "loader/fetch/request.h"
#include "loader/fetch/sink.h"
#include "loader/fetch/source/source.h"

/* The files of a sink, in this order. */
enum fetch_file { BOOT_KERNEL, BOOT_RAMDISK };

/* "kernel", "ramdisk". */
const char *boot_file_name(enum fetch_file file);

/* Fills FETCHED. 0; or -1 with ERR, and *BLAMED is the name of the file that it is about,
 * or NULL. The caller frees FETCHED in either case. */
int layouts_fetch(const struct fetch_request *request, struct file_source *source,
                  struct sink *sink, struct fetch_result *fetched, const char **blamed,
                  struct error *err) must_check;

#endif
