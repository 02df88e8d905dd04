/* The superblock, in one of four places. All that the other files shift by and divide by is checked
 * here. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ufs/ufs_super.h"

#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/source.h"

#define SUPER_SIZE 1376
#define UFS1_AT    8192

enum {
    INODES_AT = 16,
    GROUP_OFFSET_AT = 24,
    OFFSET_MASK_AT = 28,
    OLD_SIZE_AT = 36,
    GROUPS_AT = 44,
    BLOCK_SIZE_AT = 48,
    FRAGMENT_SIZE_AT = 52,
    FRAGMENTS_PER_BLOCK_AT = 56,
    BLOCK_LOG_AT = 80,
    FRAGMENT_LOG_AT = 84,
    FRAGMENTS_LOG_AT = 96,
    POINTERS_PER_BLOCK_AT = 116,
    INODES_PER_BLOCK_AT = 120,
    GROUP_INODES_AT = 184,
    GROUP_FRAGMENTS_AT = 188,
    CLEAN_AT = 209,
    PLACE_AT = 1000,
    SIZE_AT = 1080,
    LINK_INSIDE_AT = 1320,
    MAGIC_AT = 1372,
};

#define MAGIC_1       0x00011954
#define MAGIC_2       0x19540119
#define MAGIC_2_EA    0x19012038 /* of NetBSD, with extended attributes */
#define MAGIC_BAD     0x19960408 /* newfs was not finished */
#define CLEAN         1
#define INODE_1_SIZE  128
#define INODE_2_SIZE  256
#define GROUP_MAX     INT32_MAX
#define LINK_1_INSIDE ((UFS_DIRECT + UFS_INDIRECT) * 4)
#define LINK_2_INSIDE ((UFS_DIRECT + UFS_INDIRECT) * 8)

static int bad(struct error *err, const char *what, uint64_t value)
{
    return error_set(err, ERROR_INTERNAL, "its superblock is damaged: its %s is %llu", what,
                     (unsigned long long)value);
}

/* Whether a superblock is at PLACE, whose byte order it sets. 1, 0, or -1 with ERR. */
static int is_super(struct ufs *ufs, const unsigned char *super, uint64_t place, struct error *err)
{
    for (unsigned big = 0; big < 2; big++) {
        ufs->big = big;
        uint32_t magic = ufs_32(ufs, super + MAGIC_AT);
        if (magic == MAGIC_BAD)
            return error_set(err, ERROR_INTERNAL, "it was never made to the end");
        ufs->second = magic == MAGIC_2 || magic == MAGIC_2_EA;
        /* where UFS2 has its first, UFS1 may have a spare one */
        if (ufs->second && ufs_64(ufs, super + PLACE_AT) == place)
            return 1;
        if (magic == MAGIC_1 && place <= UFS1_AT)
            return 1;
    }
    return 0;
}

static int find_super(struct ufs *ufs, unsigned char *super, struct error *err)
{
    static const uint64_t places[] = {65536, UFS1_AT, 0, 262144};

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        if (places[i] + SUPER_SIZE > ufs->nodes.source->size)
            continue;
        if (block_cache_read(ufs->nodes.cache, places[i], super, SUPER_SIZE, err) < 0)
            return -1;
        int result = is_super(ufs, super, places[i], err);
        if (result)
            return result < 0 ? -1 : 0;
    }
    return error_set(err, ERROR_INTERNAL, "there is no superblock of UFS");
}

static bool is_power(uint32_t size, uint32_t log, unsigned min, unsigned max)
{
    return log >= min && log <= max && size == UINT32_C(1) << log;
}

static int take_sizes(struct ufs *ufs, const unsigned char *super, struct error *err)
{
    uint32_t block = ufs_32(ufs, super + BLOCK_SIZE_AT);
    uint32_t fragment = ufs_32(ufs, super + FRAGMENT_SIZE_AT);
    uint32_t inode = ufs->second ? INODE_2_SIZE : INODE_1_SIZE;

    ufs->block_log = ufs_32(ufs, super + BLOCK_LOG_AT);
    ufs->fragment_log = ufs_32(ufs, super + FRAGMENT_LOG_AT);
    if (!is_power(block, ufs->block_log, UFS_BLOCK_LOG_MIN, UFS_BLOCK_LOG_MAX))
        return bad(err, "block size", block);
    if (!is_power(fragment, ufs->fragment_log, UFS_FRAGMENT_LOG_MIN, ufs->block_log))
        return bad(err, "fragment size", fragment);
    if (block / fragment > UFS_FRAGMENTS_MAX ||
        ufs_32(ufs, super + FRAGMENTS_PER_BLOCK_AT) != block / fragment ||
        ufs_32(ufs, super + FRAGMENTS_LOG_AT) != ufs->block_log - ufs->fragment_log)
        return bad(err, "number of fragments per block",
                   ufs_32(ufs, super + FRAGMENTS_PER_BLOCK_AT));
    if (ufs_32(ufs, super + POINTERS_PER_BLOCK_AT) != block / ufs_pointer_size(ufs))
        return bad(err, "number of pointers per block", ufs_32(ufs, super + POINTERS_PER_BLOCK_AT));
    if (ufs_32(ufs, super + INODES_PER_BLOCK_AT) != block / inode)
        return bad(err, "number of inodes per block", ufs_32(ufs, super + INODES_PER_BLOCK_AT));
    return 0;
}

static int take_groups(struct ufs *ufs, const unsigned char *super, struct error *err)
{
    ufs->groups = ufs_32(ufs, super + GROUPS_AT);
    ufs->group_inodes = ufs_32(ufs, super + GROUP_INODES_AT);
    ufs->group_fragments = ufs_32(ufs, super + GROUP_FRAGMENTS_AT);
    ufs->inodes_at = ufs_32(ufs, super + INODES_AT);
    ufs->fragments = ufs->second ? ufs_64(ufs, super + SIZE_AT) : ufs_32(ufs, super + OLD_SIZE_AT);
    if (ufs->group_fragments == 0 || ufs->group_fragments > GROUP_MAX)
        return bad(err, "number of fragments per group", ufs->group_fragments);
    if (ufs->group_inodes == 0 || ufs->group_inodes > GROUP_MAX)
        return bad(err, "number of inodes per group", ufs->group_inodes);
    if (ufs->inodes_at >= ufs->group_fragments)
        return bad(err, "place of the inodes", ufs->inodes_at);
    if (ufs->groups == 0 || ufs->groups > GROUP_MAX ||
        ufs->fragments <= (ufs->groups - 1) * ufs->group_fragments ||
        ufs->fragments > ufs->groups * ufs->group_fragments)
        return bad(err, "number of groups", ufs->groups);
    if (ufs->fragments > (uint64_t)INT64_MAX >> ufs->fragment_log)
        return bad(err, "size", ufs->fragments);
    if (!ufs->second) {
        ufs->group_offset = ufs_32(ufs, super + GROUP_OFFSET_AT);
        ufs->offset_mask = ufs_32(ufs, super + OFFSET_MASK_AT);
    }
    return 0;
}

int ufs_super_load(struct ufs *ufs, struct error *err)
{
    unsigned char super[SUPER_SIZE];

    if (find_super(ufs, super, err) < 0 || take_sizes(ufs, super, err) < 0 ||
        take_groups(ufs, super, err) < 0)
        return -1;
    uint32_t inside = ufs_32(ufs, super + LINK_INSIDE_AT);
    ufs->old_entries = !ufs->second && (inside == 0 || inside > INT32_MAX);
    if (!ufs->old_entries && inside != (ufs->second ? LINK_2_INSIDE : LINK_1_INSIDE))
        return bad(err, "length of links in inodes", inside);
    ufs->link_inside = ufs->old_entries ? 0 : inside;
    ufs->clean = super[CLEAN_AT] == CLEAN;
    return 0;
}
