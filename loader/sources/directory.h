/* A location in dom0: a directory, below which the files are, or one file by its path.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SOURCES_DIRECTORY_H
#define LOADER_SOURCES_DIRECTORY_H

#include "common/error.h"
#include "loader/helpers/fetch.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* What all of this needs. */
struct location_files {
    const struct settings *settings;
    const struct fetch_limits *limits;
    struct outputs *outputs; /* which gets the files, not named yet */
};

/* Copies KERNEL and, unless it is NULL, RAMDISK, both relative to DIRECTORY (a leading '/' is
 * dropped). 0, or -1 with ERR. */
int location_folder_take(const struct location_files *files, const char *directory,
                         const char *kernel, const char *ramdisk, struct error *err) must_check;

/* The same for the first fixed layout (distros/guess.h) whose kernel is there, those of ARCH first;
 * RAMDISK, which may be NULL, stands in for every layout's. Nothing of the tree is read but the two
 * files. */
int location_folder_search(const struct location_files *files, const char *directory,
                           const char *arch, const char *ramdisk, struct error *err) must_check;

/* Copies the file PATH as KIND ("kernel", "ramdisk"). 0, or -1 with ERR. */
int location_file_take(const struct location_files *files, const char *path, const char *kind,
                       struct error *err) must_check;

#endif
