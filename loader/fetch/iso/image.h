/* The bytes of an image that lies on an NFS server, as a volume's: what the reader of ISO 9660 asks
 * for is read from the server, in blocks, of which the last ones are kept.
 *
 * That reader knows nothing of waiting. So a read of it lets the source's other transfers go on
 * until its bytes are here, within the times that bound every transfer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_ISO_IMAGE_H
#define LOADER_FETCH_ISO_IMAGE_H

#include "fsprobe/fs/source.h"
#include "loader/fetch/nfs/nfs.h"

#define IMAGE_BLOCK      (64 * 1024) /* bytes of one read */
#define IMAGE_BLOCKS     16          /* that are kept */
#define IMAGE_BLOCKS_MAX 1024        /* that may be read, of one image, to find files in it */

/* Waits until HANDLE, which is of SOURCE, is open: 0; or -1 with ERR. */
int image_wait(struct file_source *source, struct nfs_handle *handle, struct error *err) must_check;

/* All of what HANDLE has, which is open, is of SOURCE, and outlives it. BUDGET as in source.h. A
 * map's places are those of the image. The caller frees by source_free(). */
struct source *image_source(struct file_source *source, struct nfs_handle *handle,
                            uint64_t *budget) must_check;

#endif
