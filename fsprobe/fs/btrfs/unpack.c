/* zlib, LZO and zstd as Btrfs packs with them. See unpack.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "common/bytes.h"
#include "common/lzo.h"
#include "fsprobe/fs/recent.h"

static void drop(void *user)
{
    struct btrfs_unpacker *unpacker = user;

    ZSTD_freeDCtx(unpacker->zstd);
    free(unpacker->bytes);
    *unpacker = (struct btrfs_unpacker){.length = 0};
}

static struct recent recent = {.drop = drop};

static int bad(struct error *err, const char *kind)
{
    return error_set(err, ERROR_INTERNAL, "what is packed by %s is damaged", kind);
}

static int unpack_zlib(struct btrfs_unpacker *unpacker, const unsigned char *packed, size_t length,
                       struct error *err)
{
    z_stream stream = {.next_in = (unsigned char *)packed,
                       .avail_in = (uInt)length,
                       .next_out = unpacker->bytes,
                       .avail_out = FILE_PACKED_MAX};
    int result;

    if (inflateInit(&stream) != Z_OK)
        return error_set(err, ERROR_INTERNAL, "zlib cannot start");
    result = inflate(&stream, Z_FINISH);
    unpacker->length = FILE_PACKED_MAX - stream.avail_out;
    inflateEnd(&stream);
    return result == Z_STREAM_END ? 0 : bad(err, "zlib");
}

/* All in one go: so there is no window to be kept, however large one the frame asks for. */
static int unpack_zstd(struct btrfs_unpacker *unpacker, const unsigned char *packed, size_t length,
                       struct error *err)
{
    size_t frame = ZSTD_findFrameCompressedSize(packed, length);

    if (!unpacker->zstd)
        unpacker->zstd = ZSTD_createDCtx();
    if (!unpacker->zstd)
        return error_set(err, ERROR_INTERNAL, "zstd cannot start");
    if (ZSTD_isError(frame))
        return bad(err, "zstd");
    size_t count =
        ZSTD_decompressDCtx(unpacker->zstd, unpacker->bytes, FILE_PACKED_MAX, packed, frame);
    if (ZSTD_isError(count))
        return bad(err, "zstd");
    unpacker->length = count;
    return 0;
}

/* The length of all (a u32, which counts itself); then for each sector of what was packed its
 * length (a u32) and its bytes. No length stands across the end of a sector of the packed bytes. */
static int unpack_lzo(struct btrfs_unpacker *unpacker, const unsigned char *packed, size_t length,
                      unsigned sector_size, struct error *err)
{
    size_t at = sizeof(uint32_t), end = length >= at ? get_le32(packed) : 0;

    if (end > length || end < at)
        return bad(err, "LZO");
    while (at < end && end - at >= sizeof(uint32_t)) {
        size_t left = sector_size - at % sector_size, produced = 0;
        if (left < sizeof(uint32_t)) {
            at += left;
            continue;
        }
        uint32_t part = get_le32(packed + at);
        size_t room = FILE_PACKED_MAX - unpacker->length;
        at += sizeof(uint32_t);
        if (part == 0 || part > end - at ||
            lzo_unpack(packed + at, part, unpacker->bytes + unpacker->length,
                       room < sector_size ? room : sector_size, &produced) < 0)
            return bad(err, "LZO");
        unpacker->length += produced;
        at += part;
    }
    return 0;
}

int btrfs_unpack(struct btrfs_unpacker *unpacker, enum file_packing packing,
                 const unsigned char *packed, size_t length, unsigned sector_size,
                 struct error *err)
{
    recent_use(&recent, unpacker);
    if (!unpacker->bytes)
        unpacker->bytes = xmalloc(FILE_PACKED_MAX);
    unpacker->length = 0;
    if (length > FILE_PACKED_MAX)
        return error_set(err, ERROR_INTERNAL, "a packed piece of it has more than %d bytes",
                         FILE_PACKED_MAX);
    switch (packing) {
    case FILE_ZLIB:
        return unpack_zlib(unpacker, packed, length, err);
    case FILE_LZO:
        return unpack_lzo(unpacker, packed, length, sector_size, err);
    case FILE_ZSTD:
        return unpack_zstd(unpacker, packed, length, err);
    case FILE_PLAIN:
        break;
    }
    return error_set(err, ERROR_INTERNAL, "it is packed in a way that is not known");
}

void btrfs_unpacker_free(struct btrfs_unpacker *unpacker)
{
    recent_forget(&recent, unpacker);
    drop(unpacker);
}
