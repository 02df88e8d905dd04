/* Fuzz target: what Btrfs packs. The first byte is the kind: zlib, zstd, LZO in pieces, or LZO1X
 * alone, into rooms of several sizes. SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "common/lzo.h"
#include "fsprobe/fs/btrfs/unpack.h"

#define SECTOR 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_unpack(enum file_packing packing, const uint8_t *data, size_t size)
{
    struct btrfs_unpacker unpacker = {.length = 0};
    auto_error struct error err = ERROR_INIT;
    int result = btrfs_unpack(&unpacker, packing, data, size, SECTOR, &err);

    if ((result < 0) != (err.text != NULL) || unpacker.length > FILE_PACKED_MAX)
        abort();
    btrfs_unpacker_free(&unpacker);
}

/* Less room gives the same or nothing. */
static void check_lzo(const uint8_t *data, size_t size)
{
    size_t room = SECTOR, produced, again;
    auto_free unsigned char *out = xmalloc(room);
    int result = lzo_unpack(data, size, out, room, &produced);

    if (produced > room)
        abort();
    if (result < 0)
        return;
    auto_free unsigned char *exact = xmalloc(produced + 1);
    if (lzo_unpack(data, size, exact, produced, &again) < 0 || again != produced ||
        (produced && lzo_unpack(data, size, exact, produced - 1, &again) == 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum file_packing kinds[] = {FILE_ZLIB, FILE_ZSTD, FILE_LZO};

    if (size < 1)
        return 0;
    if (data[0] % 4 < 3)
        check_unpack(kinds[data[0] % 4], data + 1, size - 1);
    else
        check_lzo(data + 1, size - 1);
    return 0;
}
