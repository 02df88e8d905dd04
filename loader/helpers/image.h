/* What an image of an installation medium installs: the helper `fsprobe` reads it, and `medium`
 * looks into its kernel and takes its ramdisk's sums. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_IMAGE_H
#define LOADER_HELPERS_IMAGE_H

#include "common/error.h"
#include "loader/helpers/identity.h"
#include "loader/settings/options.h"

/* Adds what stands in the image PATH, below FOLDER in it (NULL: its root), to IDENTITY, which
 * medium_identify() filled: its tree, layout, kernel, ramdisk, and the kernel's support for Xen.
 * What is wrong with the image is a problem of IDENTITY. 0; or -1 with ERR when a helper could not
 * do its work. */
int image_identify(const struct settings *settings, const char *path, const char *folder,
                   struct identity *identity, struct error *err) must_check;

#endif
