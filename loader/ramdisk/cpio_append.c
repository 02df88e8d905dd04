/* One file behind another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/cpio_append.h"

#include <stdlib.h>

#include "common/io.h"
#include "loader/ramdisk/cpio.h"

static int copy(int from, uint64_t size, struct output *output, struct report *report,
                struct error *err)
{
    auto_free unsigned char *block = xmalloc(OUTPUT_BLOCK);

    for (uint64_t at = 0; at < size;) {
        size_t part = size - at < OUTPUT_BLOCK ? (size_t)(size - at) : OUTPUT_BLOCK;
        ssize_t count = pread_all(from, block, part, (off_t)at);

        if (count < 0)
            return error_set_errno(err, ERROR_INTERNAL, "cannot read %s or its overlay",
                                   output->name);
        if (count == 0)
            return error_set(err, ERROR_INTERNAL,
                             "%s or its overlay became shorter while it was "
                             "read",
                             output->name);
        if (output_add(output, block, (size_t)count, err) < 0)
            return -1;
        at += (uint64_t)count;
        if (report)
            report_progress(report, at, true, size);
    }
    return 0;
}

int append_archive(int vendor, uint64_t vendor_size, int overlay, uint64_t overlay_size,
                   struct output *output, struct report *report, struct error *err)
{
    if (copy(vendor, vendor_size, output, report, err) < 0 ||
        output_align(output, CPIO_ALIGN, err) < 0)
        return -1;
    return copy(overlay, overlay_size, output, NULL, err);
}
