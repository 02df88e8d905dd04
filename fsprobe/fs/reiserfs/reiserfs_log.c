/* The log is a ring of blocks with a header behind it, which tells where in it to begin. A
 * transaction is a block that says where the blocks behind it belong, these, and a block that says
 * again what the first one said, so that it is seen when not all of it was written. See
 * reiserfs_log.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/reiserfs/reiserfs_log.h"

#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"

/* The header. */
#define FLUSHED_AT  0 /* transaction whose blocks are all in their places; 0: none was yet */
#define BEGIN_AT    4 /* place of the one behind it */
#define MOUNT_AT    8 /* which time of being mounted; in transactions, too */
#define NUMBER_AT   28
#define HEADER_SIZE 32
/* The first and the last block of a transaction. */
#define ID_AT     0
#define COUNT_AT  4
#define HOMES_AT  12 /* in the first; the others are in the last */
#define MORE_AT   8
#define NO_HOMES  24 /* bytes of a block that are not homes */
#define MAGIC     "ReIsErLB"
#define MAGIC_END 12 /* bytes from it to the end of the block */

#define MOST_USUAL 1024 /* blocks of a transaction, where the superblock does not say */

#define FIRST_PLACE 8192 /* bytes; in front of it is nothing of the filesystem */

struct log_walk {
    struct reiserfs *fs;
    uint32_t at;    /* place in the ring */
    uint32_t id;    /* the least that the next transaction may have */
    uint32_t mount; /* which it must have */
    uint32_t seen;  /* blocks of the ring */
};

static bool is_usable(const struct reiserfs *fs)
{
    uint32_t most = REISERFS_LOG_MAX * fs->block;

    return fs->log_blocks >= REISERFS_LOG_MIN && fs->log_blocks <= most &&
           (uint64_t)fs->log_first * fs->block >= FIRST_PLACE && fs->log_first < fs->blocks &&
           fs->log_blocks < fs->blocks - fs->log_first;
}

/* LENGTH bytes from OFFSET of the block AT of the ring. */
static int read_ring(const struct log_walk *walk, uint32_t at, uint32_t offset, void *out,
                     size_t length, struct error *err)
{
    const struct reiserfs *fs = walk->fs;
    uint64_t block = fs->log_first + at % fs->log_blocks;

    return block_cache_read(fs->nodes.cache, block * fs->block + offset, out, length, err);
}

/* Whether a transaction that counts begins at WALK->at, and of how many blocks: 1, 0, or -1 with
 * ERR. */
static int see_transaction(struct log_walk *walk, uint32_t *count, struct error *err)
{
    const struct reiserfs *fs = walk->fs;
    unsigned char first[HOMES_AT], last[HOMES_AT], magic[sizeof MAGIC - 1];
    uint32_t most = fs->log_most ? fs->log_most : MOST_USUAL;

    if (read_ring(walk, walk->at, 0, first, sizeof first, err) < 0 ||
        read_ring(walk, walk->at, fs->block - MAGIC_END, magic, sizeof magic, err) < 0)
        return -1;
    *count = get_le32(first + COUNT_AT);
    if (memcmp(magic, MAGIC, sizeof magic) != 0 || get_le32(first + ID_AT) < walk->id ||
        get_le32(first + MOUNT_AT) != walk->mount)
        return 0;
    if (*count == 0 || *count > most || *count > 2 * ((fs->block - NO_HOMES) / 4) ||
        walk->seen + 2 > fs->log_blocks || *count > fs->log_blocks - 2 - walk->seen)
        return 0;
    if (read_ring(walk, walk->at + *count + 1, 0, last, sizeof last, err) < 0)
        return -1;
    if (memcmp(first, last, COUNT_AT + 4) != 0)
        return 0;
    walk->id = get_le32(first + ID_AT);
    return 1;
}

/* COUNT homes from OFFSET of the block AT of the ring, whose blocks begin at BODY. */
static int take_homes(const struct log_walk *walk, uint32_t at, uint32_t offset, uint32_t body,
                      uint32_t count, struct error *err)
{
    struct reiserfs *fs = walk->fs;
    unsigned char homes[REISERFS_BLOCK_MAX];

    if (read_ring(walk, at, offset, homes, (size_t)count * 4, err) < 0)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t home = get_le32(homes + (size_t)i * 4);
        uint32_t place = fs->log_first + (body + i) % fs->log_blocks;
        if (home == 0 || home >= fs->blocks ||
            (home >= fs->log_first && home <= fs->log_first + fs->log_blocks))
            return error_set(err, ERROR_INTERNAL, "its log holds a block %lu, which cannot be",
                             (unsigned long)home);
        fs->moved[fs->moved_count] =
            (struct reiserfs_moved){home, place, (uint32_t)fs->moved_count};
        fs->moved_count++;
    }
    return 0;
}

static int walk_log(struct log_walk *walk, struct error *err)
{
    struct reiserfs *fs = walk->fs;
    uint32_t half = (fs->block - NO_HOMES) / 4, count;
    int result;

    while ((result = see_transaction(walk, &count, err)) > 0) {
        uint32_t first = count < half ? count : half;
        if (!fs->moved)
            fs->moved = xcalloc(fs->log_blocks, sizeof *fs->moved);
        if (take_homes(walk, walk->at, HOMES_AT, walk->at + 1, first, err) < 0 ||
            (count > half && take_homes(walk, walk->at + count + 1, MORE_AT, walk->at + 1 + half,
                                        count - half, err) < 0))
            return -1;
        walk->id++;
        walk->seen += count + 2;
        walk->at = (walk->at + count + 2) % fs->log_blocks;
        if (walk->id == 0)
            break;
    }
    return result < 0 ? -1 : 0;
}

static int by_home(const void *left, const void *right)
{
    const struct reiserfs_moved *a = left, *b = right;

    if (a->home != b->home)
        return a->home < b->home ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Of those for one home only the last one is kept. */
static void sort_moved(struct reiserfs *fs)
{
    size_t kept = 0;

    if (fs->moved_count)
        qsort(fs->moved, fs->moved_count, sizeof *fs->moved, by_home);
    for (size_t i = 0; i < fs->moved_count; i++)
        if (i + 1 == fs->moved_count || fs->moved[i + 1].home != fs->moved[i].home)
            fs->moved[kept++] = fs->moved[i];
    fs->moved_count = kept;
}

int reiserfs_log_load(struct reiserfs *fs, char **note, struct error *err)
{
    struct log_walk walk = {.fs = fs};
    unsigned char header[HEADER_SIZE];

    if (fs->log_device) {
        *note = xasprintf("its log is on another device and is not read%s",
                          fs->unmounted ? "" : "; it was not unmounted");
        return 0;
    }
    if (!is_usable(fs)) {
        *note = xstrdup("its log has an impossible place and is not read");
        return 0;
    }
    uint64_t at = (uint64_t)(fs->log_first + fs->log_blocks) * fs->block;
    if (block_cache_read(fs->nodes.cache, at, header, sizeof header, err) < 0)
        return -1;
    if (fs->log_may_be_other && get_le32(header + NUMBER_AT) != fs->log_number) {
        *note = xstrdup("its log is another filesystem's and is not read");
        return 0;
    }
    walk.at = get_le32(header + BEGIN_AT);
    walk.id = get_le32(header + FLUSHED_AT);
    walk.mount = get_le32(header + MOUNT_AT);
    if (walk.id == 0 || walk.at >= fs->log_blocks) {
        /* nothing was flushed since the log was made: it begins at its begin */
        walk.at = 0;
        if (read_ring(&walk, 0, 0, header, HOMES_AT, err) < 0)
            return -1;
        walk.id = get_le32(header + ID_AT);
        walk.mount = get_le32(header + MOUNT_AT);
    } else if (++walk.id == 0) {
        return 0; /* the last one that can be */
    }
    if (walk_log(&walk, err) < 0)
        return -1;
    sort_moved(fs);
    return 0;
}

uint64_t reiserfs_place(const struct reiserfs *fs, uint32_t block)
{
    size_t low = 0, high = fs->moved_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fs->moved[middle].home == block)
            return (uint64_t)fs->moved[middle].place * fs->block;
        if (fs->moved[middle].home < block)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint64_t)block * fs->block;
}
