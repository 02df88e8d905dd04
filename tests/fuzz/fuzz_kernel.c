/* Fuzz target: what the helper `medium` says of a kernel.
 *
 * The input is the file. Whatever it is, the answer is whole: a kernel that is known has an
 * architecture, one that is not has a sentence that says why. Seeds are small ELF files with notes,
 * plain, compressed in each way, and wrapped as bzImage and as EFI program.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "loader/medium/kernel_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The helper's address space has an end: a dictionary of 4 GiB is refused there, as here. */
const char *__asan_default_options(void)
{
    return "max_allocation_size_mb=400:allocator_may_return_null=1";
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
    return 0;
}
