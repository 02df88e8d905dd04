/* An overlay, laid over the ramdisk of an installer, and what such a ramdisk is: runs the helper
 * `ramdisk` and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_RAMDISK_H
#define LOADER_HELPERS_RAMDISK_H

#include <stdbool.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/helpers/limits.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* One overlay to lay. Strings belong to the caller. */
struct ramdisk_overlay {
    bool ext2;          /* the ramdisk is such a filesystem, which is changed in place; else cpio */
    bool append;        /* a cpio archive is put behind the vendor's, and not merged with it */
    const char *vendor; /* where the vendor's ramdisk came from, for messages */
    const char *overlay; /* path of a regular file */
    const struct fetch_limits *limits;
};

/* Lays OVERLAY over the ramdisk of OUTPUTS, which is the result then. 0; or -1 with ERR, and
 * OUTPUTS' ramdisk is as it was: the overlay cannot be opened or is damaged
 * (ERROR_SUPPORT_PACKAGE), the ramdisk is damaged or has no room (ERROR_INVALID_SOURCE), or the
 * result would be larger than its limit (ERROR_LIMITS, with a hint how that is raised). */
int ramdisk_lay(const struct settings *settings, const struct ramdisk_overlay *overlay,
                struct outputs *outputs, struct error *err) must_check;

/* As the helper tells them apart. */
enum ramdisk_content {
    RAMDISK_IS_ARCHIVE, /* cpio as kernels take it, or packed so that only they unpack it */
    RAMDISK_IS_EXT2,
    RAMDISK_IS_OTHER,
};
/* Asks what RAMDISK is, which VENDOR names in messages; it is sealed then. 0; or -1 with ERR:
 * damaged (ERROR_INVALID_SOURCE), or the helper failed. */
int ramdisk_ask(const struct settings *settings, struct output_file *ramdisk, const char *vendor,
                const struct fetch_limits *limits, enum ramdisk_content *content,
                struct error *err) must_check;

#endif
