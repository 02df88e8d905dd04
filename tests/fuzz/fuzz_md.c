/* Fuzz target: two members of an md array, from their superblocks to the array's bytes.
 *
 * The input is the superblocks, one behind the other and of one length, which stand where version
 * 1.2 has them; those of 4096 bytes, where 0.90 has them. Their checksums are put right before they
 * are read.
 *
 *   make fuzz FUZZ_TARGETS=md
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/volumes_run.h"

#define DISK_SIZE (4 * 1024 * 1024)
#define OLD_AT    (DISK_SIZE - 65536)
#define NEW_AT    4096
#define SUPER     4096
#define MEMBERS   2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char supers[MEMBERS][SUPER];
    struct run_disk disks[MEMBERS];
    size_t each = size / MEMBERS;
    bool old = each >= SUPER;

    if (each > SUPER)
        each = SUPER;
    for (unsigned i = 0; i < MEMBERS; i++) {
        memset(supers[i], 0, SUPER);
        if (each)
            memcpy(supers[i], data + i * each, each);
        mend_md(supers[i], old);
        disks[i] = (struct run_disk){.source.size = DISK_SIZE,
                                     .more = supers[i],
                                     .more_length = SUPER,
                                     .more_at = old ? OLD_AT : NEW_AT};
    }
    (void)run_volumes(disks, MEMBERS);
    return 0;
}
