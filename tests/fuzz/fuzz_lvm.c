/* Fuzz target: a physical volume of LVM, from its label to the bytes of its logical volumes.
 *
 * The input is the disk's first bytes; behind them are zeros. The checksums of label and metadata
 * are put right before it is read, or else nothing would be reached but their comparison.
 *
 *   make fuzz FUZZ_TARGETS=lvm
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/volumes_run.h"

#define DISK_SIZE (4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free unsigned char *bytes = xmalloc(size + 1);
    struct run_disk disk = {.source.size = DISK_SIZE, .bytes = bytes, .length = size};

    if (size > DISK_SIZE)
        return 0;
    memcpy(bytes, data, size);
    mend_lvm(bytes, size);
    (void)run_volumes(&disk, 1);
    return 0;
}
