/* Reading and checking a superblock. See super.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/btrfs/super.h"

#include <string.h>

#include "fsprobe/fs/btrfs/digest.h"

#define MAGIC "_BHRfS_M"

/* Where things stand in it. */
enum {
    AT_FSID = 32,
    AT_ADDRESS = 48,
    AT_MAGIC = 64,
    AT_GENERATION = 72,
    AT_ROOT = 80,
    AT_CHUNK_ROOT = 88,
    AT_LOG_ROOT = 96,
    AT_ROOT_DIRECTORY = 128,
    AT_DEVICE_COUNT = 136,
    AT_SECTOR_SIZE = 144,
    AT_NODE_SIZE = 148,
    AT_SYSTEM_SIZE = 160,
    AT_CHUNK_GENERATION = 164,
    AT_INCOMPAT = 188,
    AT_CSUM_TYPE = 196,
    AT_ROOT_LEVEL = 198,
    AT_CHUNK_LEVEL = 199,
    AT_DEVICE = 201, /* a device item: its number, and at 66 its UUID */
    AT_DEVICE_UUID = 267,
    AT_METADATA_UUID = 571,
    AT_SYSTEM = 811,
};

/* What a filesystem may have that an older reader would read wrongly. */
#define INCOMPAT_METADATA_UUID UINT64_C(0x400)
#define INCOMPAT_ZONED         UINT64_C(0x1000)
#define INCOMPAT_EXTENT_TREE   UINT64_C(0x2000)
#define INCOMPAT_STRIPE_TREE   UINT64_C(0x4000)
/* Mixed back references, a default subvolume, mixed groups, lzo, zstd, big metadata, extended
 * inode references, RAID 5 and 6, skinny metadata, no holes, a metadata UUID, RAID 1 with three and
 * four copies, simple quotas: what of these matters for reading is read. */
#define INCOMPAT_READ UINT64_C(0x10fff)

static int check_features(uint64_t incompat, struct error *err)
{
    const char *name = incompat & INCOMPAT_ZONED         ? "zones"
                       : incompat & INCOMPAT_EXTENT_TREE ? "an extent tree of version 2"
                       : incompat & INCOMPAT_STRIPE_TREE ? "a RAID stripe tree"
                                                         : NULL;

    if (name)
        return error_set(err, ERROR_INTERNAL, "it is a Btrfs with %s, which is not read", name);
    if (incompat & ~INCOMPAT_READ)
        return error_set(err, ERROR_INTERNAL,
                         "it is a Btrfs with features that are not known (0x%llx)",
                         (unsigned long long)(incompat & ~INCOMPAT_READ));
    return 0;
}

static bool is_size(unsigned size, unsigned min)
{
    return size >= min && size <= BTRFS_NODE_MAX && (size & (size - 1)) == 0;
}

static int damaged(struct error *err, const char *what, uint64_t value)
{
    return error_set(err, ERROR_INTERNAL, "the superblock is damaged: %s %llu", what,
                     (unsigned long long)value);
}

/* The numbers that others rely on. */
static int check_numbers(const struct btrfs_super *super, struct error *err)
{
    if (!is_size(super->sector_size, BTRFS_SECTOR_MIN))
        return damaged(err, "sector size", super->sector_size);
    if (!is_size(super->node_size, super->sector_size))
        return damaged(err, "node size", super->node_size);
    if (super->root_level >= BTRFS_LEVELS)
        return damaged(err, "root tree of level", super->root_level);
    if (super->chunk_level >= BTRFS_LEVELS)
        return damaged(err, "chunk tree of level", super->chunk_level);
    if (super->device_count == 0)
        return damaged(err, "devices:", 0);
    if (super->system_size == 0 || super->system_size > BTRFS_SYSTEM_MAX)
        return damaged(err, "bytes of chunks:", super->system_size);
    return 0;
}

static void parse(const unsigned char *bytes, struct btrfs_super *super)
{
    bool other_uuid = get_le64(bytes + AT_INCOMPAT) & INCOMPAT_METADATA_UUID;

    *super = (struct btrfs_super){
        .generation = get_le64(bytes + AT_GENERATION),
        .root = get_le64(bytes + AT_ROOT),
        .root_generation = get_le64(bytes + AT_GENERATION),
        .chunk_root = get_le64(bytes + AT_CHUNK_ROOT),
        .chunk_generation = get_le64(bytes + AT_CHUNK_GENERATION),
        .root_level = bytes[AT_ROOT_LEVEL],
        .chunk_level = bytes[AT_CHUNK_LEVEL],
        .root_directory = get_le64(bytes + AT_ROOT_DIRECTORY),
        .has_log = get_le64(bytes + AT_LOG_ROOT) != 0,
        .device_count = get_le64(bytes + AT_DEVICE_COUNT),
        .device = get_le64(bytes + AT_DEVICE),
        .sector_size = get_le32(bytes + AT_SECTOR_SIZE),
        .node_size = get_le32(bytes + AT_NODE_SIZE),
        .csum_type = get_le16(bytes + AT_CSUM_TYPE),
        .system_size = get_le32(bytes + AT_SYSTEM_SIZE),
    };
    memcpy(super->fsid, bytes + AT_FSID, BTRFS_UUID_SIZE);
    memcpy(super->node_fsid, bytes + (other_uuid ? AT_METADATA_UUID : AT_FSID), BTRFS_UUID_SIZE);
    memcpy(super->device_uuid, bytes + AT_DEVICE_UUID, BTRFS_UUID_SIZE);
    memcpy(super->system, bytes + AT_SYSTEM, BTRFS_SYSTEM_MAX);
}

/* The copy of the superblock at AT. */
static int read_at(struct source *source, uint64_t at, struct btrfs_super *super, struct error *err)
{
    unsigned char bytes[BTRFS_SUPER_SIZE];

    if (source_read(source, at, bytes, sizeof bytes, err) < 0)
        return error_prefix(err, "the superblock cannot be read");
    if (memcmp(bytes + AT_MAGIC, MAGIC, sizeof MAGIC - 1) != 0)
        return error_set(err, ERROR_INTERNAL, "it has no superblock of Btrfs");
    parse(bytes, super);
    if (!btrfs_digest_known(super->csum_type))
        return error_set(err, ERROR_INTERNAL, "it has checksums of kind %u, which is not known",
                         super->csum_type);
    if (!btrfs_digest_fits(super->csum_type, bytes, sizeof bytes))
        return error_set(err, ERROR_INTERNAL, "the superblock is damaged: its checksum is wrong");
    if (get_le64(bytes + AT_ADDRESS) != at)
        return damaged(err, "its address is", get_le64(bytes + AT_ADDRESS));
    if (check_features(get_le64(bytes + AT_INCOMPAT), err) < 0)
        return -1;
    return check_numbers(super, err);
}

/* The kernel takes the first one or none: what a sound first one says is what the guest sees, even
 * should a copy be newer. The copies are at 64 MiB and 256 GiB. */
int btrfs_super_read(struct source *source, struct btrfs_super *super, struct error *err)
{
    bool found = false;

    if (read_at(source, BTRFS_SUPER_AT, super, err) == 0)
        return 0;
    for (unsigned i = 1; i < BTRFS_SUPER_COPIES; i++) {
        auto_error struct error why = ERROR_INIT;
        uint64_t at = BTRFS_SUPER_AT / 4 << (12 * i);
        struct btrfs_super copy;
        if (at + BTRFS_SUPER_SIZE > source->size || read_at(source, at, &copy, &why) < 0)
            continue;
        if (!found || copy.generation > super->generation)
            *super = copy;
        found = true;
    }
    if (!found)
        return -1;
    error_clear(err);
    return 0;
}
