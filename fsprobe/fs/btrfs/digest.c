/* CRC-32C and what else mkfs.btrfs --csum offers. See digest.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/digest.h"

#include <string.h>

#include "common/crc32c.h"
#include "fsprobe/fs/btrfs/blake2b.h"
#include "fsprobe/fs/btrfs/format.h"
#include "fsprobe/fs/btrfs/sha256.h"
#include "fsprobe/fs/btrfs/xxhash.h"

static void crc32c_of(const unsigned char *bytes, size_t size, unsigned char *out)
{
    uint32_t value = htole32(~crc32c(~0u, bytes, size));

    memcpy(out, &value, sizeof value);
}

static void xxhash_of(const unsigned char *bytes, size_t size, unsigned char *out)
{
    uint64_t value = htole64(xxhash64(bytes, size));

    memcpy(out, &value, sizeof value);
}

/* In the order of their numbers in the superblock. */
static const struct {
    size_t size;
    void (*of)(const unsigned char *bytes, size_t size, unsigned char *out);
} digests[] = {{4, crc32c_of}, {8, xxhash_of}, {SHA256_SIZE, sha256}, {BLAKE2B_SIZE, blake2b}};

bool btrfs_digest_known(unsigned type)
{
    return type < ARRAY_SIZE(digests);
}

bool btrfs_digest_fits(unsigned type, const unsigned char *bytes, size_t size)
{
    unsigned char digest[BTRFS_CSUM_SIZE];

    digests[type].of(bytes + BTRFS_CSUM_SIZE, size - BTRFS_CSUM_SIZE, digest);
    return memcmp(digest, bytes, digests[type].size) == 0;
}
