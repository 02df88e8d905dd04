/* The superblock. See reiserfs_super.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/reiserfs/reiserfs_super.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/reiserfs/reiserfs_log.h"
#include "fsprobe/fs/source.h"

#define BLOCKS_AT     0
#define ROOT_AT       8
#define LOG_FIRST_AT  12
#define LOG_DEVICE_AT 16
#define LOG_BLOCKS_AT 20
#define LOG_MOST_AT   24
#define LOG_NUMBER_AT 28
#define BLOCK_SIZE_AT 44
#define STATE_AT      50
#define MAGIC_AT      52
#define HASH_AT       64
#define HEIGHT_AT     68
#define VERSION_AT    72
#define SUPER_SIZE    76 /* what all versions have */
#define UNMOUNTED     1
#define NO_ROOT       UINT32_MAX /* a new tree was begun and not finished */
#define VERSION_OLD   0
#define VERSION_NEW   2
#define ANCIENT_AT    20 /* the magic words, before there were logs */

/* The old place first, as Linux has it: there the log covers the new one, and may hold copies. */
static const uint64_t places[] = {8192, 65536};

enum magic { MAGIC_NONE, MAGIC_OLD, MAGIC_NEW, MAGIC_OTHER_LOG };

static enum magic magic_of(const unsigned char *super)
{
    if (memcmp(super + MAGIC_AT, "ReIsErFs", 8) == 0)
        return MAGIC_OLD;
    if (memcmp(super + MAGIC_AT, "ReIsEr2Fs", 9) == 0)
        return MAGIC_NEW;
    if (memcmp(super + MAGIC_AT, "ReIsEr3Fs", 9) == 0)
        return MAGIC_OTHER_LOG;
    return MAGIC_NONE;
}

/* Into SUPER, its place into *AT. */
static int find_super(struct reiserfs *fs, unsigned char super[SUPER_SIZE], uint64_t *at,
                      struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        if (fs->nodes.source->size < places[i] + SUPER_SIZE)
            break;
        if (block_cache_read(fs->nodes.cache, places[i], super, SUPER_SIZE, err) < 0)
            return -1;
        *at = places[i];
        if (magic_of(super) != MAGIC_NONE)
            return 0;
        if (i == 0 && memcmp(super + ANCIENT_AT, "ReIsErFs", 8) == 0)
            return error_set(err, ERROR_INTERNAL,
                             "it is of a version without a log, which is not "
                             "known here");
    }
    return error_set(err, ERROR_INTERNAL, "there is no superblock of ReiserFS");
}

static int bad(struct error *err, const char *what, uint64_t value)
{
    return error_set(err, ERROR_INTERNAL, "its %s is %llu", what, (unsigned long long)value);
}

static int take_version(struct reiserfs *fs, const unsigned char *super, struct error *err)
{
    enum magic magic = magic_of(super);
    uint16_t version = get_le16(super + VERSION_AT);

    fs->log_may_be_other = magic == MAGIC_OTHER_LOG;
    fs->old = magic == MAGIC_OLD || (fs->log_may_be_other && version == VERSION_OLD);
    if (magic == MAGIC_NONE)
        return error_set(err, ERROR_INTERNAL, "its log holds a superblock that is none");
    if (fs->log_may_be_other && version != VERSION_OLD && version != VERSION_NEW)
        return bad(err, "version", version);
    return 0;
}

static int take_super(struct reiserfs *fs, const unsigned char *super, struct error *err)
{
    uint32_t block = get_le16(super + BLOCK_SIZE_AT);

    if (take_version(fs, super, err) < 0)
        return -1;
    if (block < REISERFS_BLOCK_MIN || block > REISERFS_BLOCK_MAX || (block & (block - 1)))
        return bad(err, "block size", block);
    fs->block = block;
    fs->blocks = get_le32(super + BLOCKS_AT);
    if (fs->blocks == 0)
        return bad(err, "number of blocks", 0);
    if (fs->blocks > fs->nodes.source->size / block)
        return error_set(err, ERROR_INTERNAL,
                         "it has %lu blocks of %lu bytes, which is more than its partition",
                         (unsigned long)fs->blocks, (unsigned long)block);
    fs->root = get_le32(super + ROOT_AT);
    if (fs->root == NO_ROOT)
        return error_set(err, ERROR_INTERNAL,
                         "reiserfsck began to rebuild its tree and did not come to the end");
    fs->height = get_le16(super + HEIGHT_AT);
    if (fs->height < REISERFS_HEIGHT_MIN || fs->height > REISERFS_HEIGHT_MAX)
        return bad(err, "tree's height", fs->height);
    fs->hash = get_le32(super + HASH_AT);
    fs->unmounted = get_le16(super + STATE_AT) == UNMOUNTED;
    fs->log_first = get_le32(super + LOG_FIRST_AT);
    fs->log_device = get_le32(super + LOG_DEVICE_AT);
    fs->log_blocks = get_le32(super + LOG_BLOCKS_AT);
    fs->log_most = get_le32(super + LOG_MOST_AT);
    fs->log_number = get_le32(super + LOG_NUMBER_AT);
    return 0;
}

int reiserfs_super_load(struct reiserfs *fs, char **note, struct error *err)
{
    unsigned char super[SUPER_SIZE];
    uint64_t at;

    if (find_super(fs, super, &at, err) < 0 || take_super(fs, super, err) < 0 ||
        reiserfs_log_load(fs, note, err) < 0)
        return -1;
    if (fs->moved_count == 0)
        return 0;
    /* the log may have a newer one: roots move */
    uint32_t block = fs->block, home = (uint32_t)(at / block);
    if (block_cache_read(fs->nodes.cache, reiserfs_place(fs, home) + at % block, super, SUPER_SIZE,
                         err) < 0 ||
        take_super(fs, super, err) < 0)
        return -1;
    if (fs->block != block)
        return error_set(err, ERROR_INTERNAL, "its log holds a superblock that is none");
    return 0;
}
