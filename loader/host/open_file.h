/* Opening what a guest's disk, an image or a file of somebody's is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HOST_OPEN_FILE_H
#define LOADER_HOST_OPEN_FILE_H

#include <stdbool.h>

#include "common/error.h"
#include "common/memory.h"

/* Opens PATH, called KIND ("disk", "ramdisk") in messages, to read: a regular file, or, where
 * DEVICES, a block device. Nothing else is waited for or taken. A descriptor that the caller
 * closes; -1 with ERR of NAME. */
int disk_open(const char *path, const char *kind, bool devices, enum error_name name,
              struct error *err) must_check;

#endif
