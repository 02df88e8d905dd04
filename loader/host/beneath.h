/* A file below a folder that somebody named, and never one outside it: the folder's owner is
 * trusted with its name only, for a tree is filled by whoever mirrors it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HOST_BENEATH_H
#define LOADER_HOST_BENEATH_H

#include "common/error.h"
#include "common/memory.h"

/* What a path below a folder may come to, with the targets of its symbolic links: the kernel's own
 * bounds for the links and for the length (bytes), and more folders than any tree nests. */
#define FOLDER_LINKS_MAX 40
#define FOLDER_PATH_MAX  4096
#define FOLDER_DEPTH_MAX 64

/* Opens the regular file PATH, relative to the open folder FOLDER, to read. Symbolic links are
 * followed as long as they stay below FOLDER; one that leads out, an absolute one included, is an
 * error. NAME is the folder's, for messages. 1 and *FILE, which the caller closes; 0: it is not
 * there; -1 with ERR: it is no regular file, cannot be opened, or passes a bound above. */
int folder_open(int folder, const char *name, const char *path, int *file,
                struct error *err) must_check;

#endif
