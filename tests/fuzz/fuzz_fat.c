/* Fuzz target: a FAT, which has no checksums. The input is the first bytes of the disk; behind them
 * it is empty.
 *
 *   make fuzz FUZZ_TARGETS=fat
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "fsprobe/fs/fat/fat.h"
#include "tests/fuzz/first_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    walk_first_bytes(data, size, 40 * 1024 * 1024, &fat_filesystem);
    return 0;
}
