/* Fuzz target: what the helper `medium` says of a kernel, and what it unpacks of it.
 *
 * The input is the file. Whatever it is, the answer is whole: a kernel that is known has an
 * architecture, one that is not has a sentence that says why; and what is unpacked stays below its
 * limit. Seeds are small ELF files with notes, plain, compressed in each way, and wrapped as
 * bzImage and as EFI program.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader/medium/kernel_unpack.h"

#define UNPACKED_MAX (1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The helper's address space has an end: a dictionary of 4 GiB is refused there, as here. */
const char *__asan_default_options(void)
{
    return "max_allocation_size_mb=400:allocator_may_return_null=1";
}

static void unpack(const uint8_t *data, size_t size)
{
    struct kernel_layer file = KERNEL_LAYER_BYTES(data, size);
    struct kernel_unpack wanted = {.all = true, .max = UNPACKED_MAX};
    auto_error struct error err = ERROR_INIT;
    struct kernel_found found;
    uint64_t unpacked;

    wanted.fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int result = kernel_unpack(&file, &wanted, &found, &unpacked, &err);
    if (unpacked > UNPACKED_MAX || (result < 0) != (err.text != NULL))
        abort();
    close(wanted.fd);
    kernel_layer_free(&file);
    kernel_found_free(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kernel_layer file = KERNEL_LAYER_BYTES(data, size);
    struct kernel_found found;

    (void)kernel_image_magic(data, size < KERNEL_IMAGE_HEAD ? size : KERNEL_IMAGE_HEAD);
    kernel_image_look(&file, &found);
    if (found.known ? !found.arch || found.why : found.pv || found.pvh || !found.why)
        abort();
    kernel_layer_free(&file);
    kernel_found_free(&found);
    unpack(data, size);
    return 0;
}
