/* An ext2 ramdisk from beginning to end. See ext2.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/ext2.h"

#include "loader/ramdisk/ext2_io.h"
#include "loader/ramdisk/ext2_room.h"
#include "loader/ramdisk/ext2_write.h"
#include "loader/ramdisk/output.h"

/* VENDOR, unpacked, to OUTPUT; its size in *SIZE. */
static int unpack(struct stream *vendor, struct output *output, struct error *err)
{
    const unsigned char *bytes;
    size_t have;

    if (stream_begin(vendor, err) < 0)
        return -1;
    for (;;) {
        if (stream_peek(vendor, 1, &bytes, &have, err) < 0)
            return -1;
        if (have == 0)
            break;
        if (output_add(output, bytes, have, err) < 0 || stream_take(vendor, have, err) < 0)
            return -1;
    }
    return output_finish(output, err);
}

static int change(struct ext2_image *image, struct stream *overlay, struct report *report,
                  struct error *err)
{
    if (image_open(image, err) < 0)
        return -1;
    int result = image_room(image, overlay, err);
    if (result == 0)
        result = image_write(image, overlay, report, err);
    return image_close(image, result == 0, err) < 0 ? -1 : result;
}

int image_overlay(struct stream *vendor, struct stream *overlay, int output, struct report *report,
                  uint64_t *size, struct error *err)
{
    auto_output struct output writer = {.fd = -1};

    output_open(&writer, output, vendor->limit, vendor->name);
    if (unpack(vendor, &writer, err) < 0)
        return -1;
    struct ext2_image image = {
        .fd = output, .size = writer.size, .name = vendor->name, .blame = vendor->blame};
    *size = writer.size;
    return change(&image, overlay, report, err);
}
