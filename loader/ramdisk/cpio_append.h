/* An overlay joined behind a ramdisk, both as they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_CPIO_APPEND_H
#define LOADER_RAMDISK_CPIO_APPEND_H

#include <stdint.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "common/memory.h"
#include "loader/ramdisk/output.h"

/* Joins OVERLAY (a descriptor of OVERLAY_SIZE bytes) behind VENDOR, both as they are, aligned for
 * kernels, which unpack one after the other. 0, or -1 with ERR. */
int append_archive(int vendor, uint64_t vendor_size, int overlay, uint64_t overlay_size,
                   struct output *output, struct report *report, struct error *err) must_check;

#endif
