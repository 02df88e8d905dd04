/* Fuzz target: an ISO 9660, as fsprobe reads it. The input is the disk from its volume descriptors
 * on; in front of them and behind it it is empty.
 *
 *   make fuzz FUZZ_TARGETS=iso9660
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/iso9660/iso9660.h"
#include "tests/fuzz/first_bytes.h"

#define EMPTY (16 * 2048)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free uint8_t *disk = xcalloc(1, EMPTY + size);

    if (size)
        memcpy(disk + EMPTY, data, size);
    walk_first_bytes(disk, EMPTY + size, 2 * 1024 * 1024, &iso9660_filesystem);
    return 0;
}
