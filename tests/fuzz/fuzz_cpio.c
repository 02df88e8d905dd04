/* Fuzz target: two ramdisks, merged; and the first as an ext2 image.
 *
 * The input: a byte that chooses, two that say where the vendor's ends, and both files. Whatever
 * they are, the result is an error with a sentence, or an archive that can be read again and laid
 * over itself. Seeds: archives of cpio(1), plain and compressed, and small images of mke2fs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/io.h"
#include "loader/ramdisk/cpio_merge.h"
#include "loader/ramdisk/ext2.h"

#define LIMIT (1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The helper's address space has an end: a dictionary of 4 GiB is refused there, as here. */
const char *__asan_default_options(void)
{
    return "max_allocation_size_mb=400:allocator_may_return_null=1";
}

static int file_of(const uint8_t *data, size_t size)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    if (fd < 0 || write_all(fd, data, size) < 0)
        abort();
    return fd;
}

/* Merges the two into OUT. What was made may be larger than its parts by names and padding. */
static int merge(int vendor_fd, int overlay_fd, int out, uint64_t limit, struct error *err)
{
    struct report report = {.fd = -1};
    auto_stream struct stream vendor = {.fd = -1}, overlay = {.fd = -1};
    auto_output struct output output = {.fd = -1};

    stream_open(&vendor, vendor_fd, "vendor", ERROR_INVALID_SOURCE, limit, &report);
    stream_open(&overlay, overlay_fd, "overlay", ERROR_SUPPORT_PACKAGE, limit, NULL);
    output_open(&output, out, limit, "vendor");
    if (merge_archives(&vendor, &overlay, &output, &report, err) < 0)
        return -1;
    return output_finish(&output, err);
}

static void merge_twice(int vendor, int overlay)
{
    auto_error struct error err = ERROR_INIT;
    auto_fd int out = memfd_create("out", MFD_CLOEXEC), again = memfd_create("again", MFD_CLOEXEC);

    if (merge(vendor, overlay, out, LIMIT, &err) < 0) {
        if (!err.text || err.name == ERROR_NONE)
            abort();
        return;
    }
    /* Only a bound on what waits may stop a result that was read before. */
    if (merge(out, overlay, again, 4 * LIMIT, &err) < 0 && err.name != ERROR_LIMITS)
        abort();
}

static void change_image(int vendor_fd, int overlay_fd)
{
    struct report report = {.fd = -1};
    auto_error struct error err = ERROR_INIT;
    auto_stream struct stream vendor = {.fd = -1}, overlay = {.fd = -1};
    auto_fd int out = memfd_create("out", MFD_CLOEXEC);
    uint64_t size = 0;

    stream_open(&vendor, vendor_fd, "vendor", ERROR_INVALID_SOURCE, LIMIT, &report);
    stream_open(&overlay, overlay_fd, "overlay", ERROR_SUPPORT_PACKAGE, LIMIT, NULL);
    if (image_overlay(&vendor, &overlay, out, &report, &size, &err) < 0 && !err.text)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;

    size_t first = (size_t)(data[1] | data[2] << 8) * 4;
    if (first > size - 3)
        first = size - 3;
    auto_fd int vendor = file_of(data + 3, first);
    auto_fd int overlay = file_of(data + 3 + first, size - 3 - first);
    if (data[0] & 1)
        change_image(vendor, overlay);
    else
        merge_twice(vendor, overlay);
    return 0;
}
