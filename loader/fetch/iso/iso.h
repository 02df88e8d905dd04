/* A repository in an ISO image that lies on an NFS server: nfs+iso:HOST:/PATH/IMAGE.iso. The image
 * is read where it is, and of it only what is asked for.
 *
 * Where the image ends in such a place, url_image_length() says: what stands behind it is a folder
 * inside.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_ISO_ISO_H
#define LOADER_FETCH_ISO_ISO_H

#include "loader/fetch/source/source.h"

extern const struct source_kind source_nfs_iso;

#endif
