/* An image, and a folder in it, by one name: "/srv/dvd.iso", "/srv/dvd.iso:/CentOS/tree".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SOURCES_IMAGE_NAME_H
#define LOADER_SOURCES_IMAGE_NAME_H

#include "common/error.h"
#include "common/memory.h"

/* Starts zeroed; owned. */
struct image_name {
    char *path;   /* in dom0 */
    char *folder; /* in the image, from its root; NULL: none is named */
};

/* Takes TEXT, a path in dom0, apart: at the first ":/" before which a file or a block device has
 * its name, unless something has the whole of TEXT as its name. Nothing is opened. 0; or -1 with
 * ERR, which calls TEXT a WHAT ("location"): there is nothing of that name, or the folder leads out
 * of the image. */
int image_name_split(const char *what, const char *text, struct image_name *name,
                     struct error *err) must_check;
void image_name_free(struct image_name *name);
#define auto_image_name __attribute__((cleanup(image_name_free)))

/* The same for what may be anything else, too: a URL, a directory, nothing at all. 1: TEXT names an
 * image, by its path or a file: URL; 0: it does not; -1 with ERR, which calls a wrong URL OPTION.
 */
int image_name_find(const char *option, const char *text, struct image_name *name,
                    struct error *err) must_check;

#endif
