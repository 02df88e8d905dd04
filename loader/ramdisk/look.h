/* Of what kind a ramdisk is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_LOOK_H
#define LOADER_RAMDISK_LOOK_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/ramdisk/stream.h"

/* Looks at the start of STREAM, which has just been opened, unpacked where it is compressed.
 * *CONTENT is a RAMDISK_LOOK_… of common/protocol/ramdisk.h then. 0; or -1 with ERR: it is
 * damaged there already. */
int ramdisk_look(struct stream *stream, const char **content, struct error *err) must_check;

#endif
