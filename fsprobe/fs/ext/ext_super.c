/* The superblock, before libext2fs sees it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_super.h"

#include <endian.h>
#include <string.h>

#define LOG_BLOCK_SIZE_MAX 6 /* 64 KiB */
#define OLD_INODE_SIZE     128

/* Incompatible features that change nothing for a reader, or that libext2fs 1.47 and this
 * reader know. */
#define KNOWN_INCOMPAT                                                                             \
    (EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_RECOVER |                              \
     EXT2_FEATURE_INCOMPAT_META_BG | EXT3_FEATURE_INCOMPAT_EXTENTS | EXT4_FEATURE_INCOMPAT_64BIT | \
     EXT4_FEATURE_INCOMPAT_MMP | EXT4_FEATURE_INCOMPAT_FLEX_BG | EXT4_FEATURE_INCOMPAT_EA_INODE |  \
     EXT4_FEATURE_INCOMPAT_CSUM_SEED | EXT4_FEATURE_INCOMPAT_LARGEDIR |                            \
     EXT4_FEATURE_INCOMPAT_INLINE_DATA | EXT4_FEATURE_INCOMPAT_ENCRYPT |                           \
     EXT4_FEATURE_INCOMPAT_CASEFOLD)

static int bad(struct error *err, const char *what, uint64_t value)
{
    return error_set(err, ERROR_INTERNAL, "the superblock is damaged: its %s is %llu", what,
                     (unsigned long long)value);
}

static bool power_of_two(uint32_t value)
{
    return value && (value & (value - 1)) == 0;
}

static int check_inode_size(const struct ext2_super_block *super, unsigned block_size,
                            unsigned *inode_size, struct error *err)
{
    *inode_size = OLD_INODE_SIZE;
    if (le32toh(super->s_rev_level) > EXT2_MAX_SUPP_REV)
        return bad(err, "revision", le32toh(super->s_rev_level));
    if (le32toh(super->s_rev_level) == EXT2_GOOD_OLD_REV)
        return 0;
    *inode_size = le16toh(super->s_inode_size);
    if (!power_of_two(*inode_size) || *inode_size < OLD_INODE_SIZE || *inode_size > block_size)
        return bad(err, "inode size", *inode_size);
    return 0;
}

static int check_features(const struct ext2_super_block *super, struct error *err)
{
    uint32_t incompat = le32toh(super->s_feature_incompat);

    if (incompat & EXT3_FEATURE_INCOMPAT_JOURNAL_DEV)
        return error_set(err, ERROR_INTERNAL, "it is another filesystem's journal");
    if (incompat & ~(uint32_t)KNOWN_INCOMPAT)
        return error_set(err, ERROR_INTERNAL,
                         "it uses features that are not known here (incompat 0x%x); a newer "
                         "libext2fs may know them",
                         incompat & ~(uint32_t)KNOWN_INCOMPAT);
    return 0;
}

static int check_groups(const struct ext2_super_block *super, struct ext_shape *shape,
                        struct error *err)
{
    uint32_t incompat = le32toh(super->s_feature_incompat);
    uint32_t ro_compat = le32toh(super->s_feature_ro_compat);
    uint32_t blocks = le32toh(super->s_blocks_per_group);
    uint32_t inodes = le32toh(super->s_inodes_per_group);
    uint32_t first = le32toh(super->s_first_data_block);
    unsigned descriptor = le16toh(super->s_desc_size);
    uint64_t count = le32toh(super->s_blocks_count);

    if (incompat & EXT4_FEATURE_INCOMPAT_64BIT) {
        count |= (uint64_t)le32toh(super->s_blocks_count_hi) << 32;
        if (!power_of_two(descriptor) || descriptor < EXT2_MIN_DESC_SIZE_64BIT ||
            descriptor > EXT2_MAX_DESC_SIZE)
            return bad(err, "descriptor size", descriptor);
    } else {
        descriptor = EXT2_MIN_DESC_SIZE;
    }
    /* With clusters mke2fs writes 0, though the superblock's place is the same. */
    if (first != (shape->block_size == 1024) &&
        !(first == 0 && ro_compat & EXT4_FEATURE_RO_COMPAT_BIGALLOC))
        return bad(err, "first data block", first);
    shape->descriptors_first = first == 0 && shape->block_size == 1024;
    if (count <= first || count >> 48)
        return bad(err, "number of blocks", count);
    if (blocks < 8 || blocks % 8)
        return bad(err, "number of blocks per group", blocks);
    if (inodes == 0 || inodes % 8 || inodes > 8 * shape->block_size)
        return bad(err, "number of inodes per group", inodes);
    if (shape->descriptors_first && count / blocks >= EXT_DESCRIPTORS_MAX / descriptor)
        return error_set(err, ERROR_INTERNAL,
                         "it has more than %d bytes of group descriptors, in blocks of 1 KiB with "
                         "clusters",
                         EXT_DESCRIPTORS_MAX);
    return 0;
}

int ext_super_check(const unsigned char *bytes, struct ext_shape *shape, struct error *err)
{
    struct ext2_super_block super;

    _Static_assert(sizeof super == SUPERBLOCK_SIZE, "a superblock is 1024 bytes");
    memcpy(&super, bytes, sizeof super);
    if (le16toh(super.s_magic) != EXT2_SUPER_MAGIC)
        return error_set(err, ERROR_INTERNAL, "there is no superblock of ext2, ext3 or ext4");
    if (le32toh(super.s_log_block_size) > LOG_BLOCK_SIZE_MAX)
        return bad(err, "block size (a power of two)", le32toh(super.s_log_block_size));
    shape->block_size = 1024u << le32toh(super.s_log_block_size);
    if (check_features(&super, err) < 0 ||
        check_inode_size(&super, shape->block_size, &shape->inode_size, err) < 0)
        return -1;
    return check_groups(&super, shape, err);
}
