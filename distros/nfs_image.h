/* A repository in an image on an NFS server, "nfs+iso:[OPTIONS:]HOST:/PATH/IMAGE.iso" or
 * "nfs+iso://HOST[:PORT]/PATH/IMAGE.iso", as installers want to be told of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_NFS_IMAGE_H
#define DISTROS_NFS_IMAGE_H

#include <stdbool.h>

#include "common/memory.h"

/* How an installer is told of an image. */
enum image_form {
    IMAGE_FOLDER, /* nfs:[OPTIONS:]HOST:/PATH/: it looks for images there */
    IMAGE_FILE,   /* nfs:[OPTIONS:]HOST:/PATH/IMAGE.iso */
    IMAGE_URL,    /* nfs://HOST/PATH/IMAGE.iso */
};

bool nfs_image_is(const char *repository) must_check;
/* REPOSITORY in that FORM; what stands behind the image, or only libnfs wants to be told, is left
 * out. The caller frees. NULL: it is none. */
char *nfs_image_told(const char *repository, enum image_form form) must_check;

#endif
