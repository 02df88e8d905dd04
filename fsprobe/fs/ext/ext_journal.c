/* What a journal (jbd2) would write back, as a map from blocks to their newest copies.
 *
 * Nothing is written: the copies stay where they are in the journal, and reads of those
 * blocks go there (ext_io.c). The log is followed as the kernel's recovery does: descriptor
 * blocks name the blocks whose copies follow, revoke blocks call some of them off, a commit
 * block makes all of it valid; the first block that is none of the next transaction ends the
 * log. Checksums of descriptor, revoke and commit blocks (csum_v2, csum_v3) are verified;
 * those of the copies are not, for what uses them has metadata_csum, and each is verified
 * when it is used. All numbers are big-endian.
 *
 * Format: the kernel's Documentation/filesystems/ext4/journal.rst.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/ext/ext_journal.h"

#include <endian.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/fs/ext/ext_file.h"
#include "fsprobe/fs/ext/ext_io.h"

#define JOURNAL_MAGIC      0xC03B3998u
#define JOURNAL_BLOCKS_MAX 262144 /* followed at most: 1 GiB of 4 KiB blocks */
#define JOURNAL_TAGS_MAX   65536  /* copies, and calls off, that are kept at most */

enum block_type {
    TYPE_DESCRIPTOR = 1,
    TYPE_COMMIT = 2,
    TYPE_SUPER_1 = 3,
    TYPE_SUPER_2 = 4,
    TYPE_REVOKE = 5,
};
enum feature {
    FEATURE_REVOKE = 0x01,
    FEATURE_64BIT = 0x02,
    FEATURE_ASYNC_COMMIT = 0x04,
    FEATURE_CSUM_2 = 0x08,
    FEATURE_CSUM_3 = 0x10,
};
enum tag_flag { TAG_ESCAPED = 1, TAG_SAME_UUID = 2, TAG_LAST = 8 };
#define UUID_SIZE          16
#define TAIL_SIZE          4 /* the checksum that ends descriptor and revoke blocks */
#define COMMIT_CHECKSUM_AT 16

struct header {
    uint32_t magic, type, sequence;
};
struct journal_super {
    struct header header;
    uint32_t block_size, length, first, sequence, start, error;
    uint32_t compat, incompat, ro_compat;
    unsigned char uuid[UUID_SIZE];
};

struct revoked {
    uint64_t block;
    uint32_t sequence;
};
struct journal {
    struct ext *ext;
    struct ext_node node;
    uint32_t first, length; /* blocks of the log: [first, length) */
    uint32_t incompat;
    uint32_t seed; /* of checksums */
    unsigned block_size;
    unsigned char *block;
    /* Found so far; of the transaction that is being read, behind the committed ones. */
    struct ext_replay *tags;
    size_t tag_count, tag_committed;
    struct revoked *revokes;
    size_t revoke_count, revoke_committed;
};

static uint32_t get32(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

static errcode_t read_logical(struct journal *journal, uint32_t logical)
{
    struct ext *ext = journal->ext;
    blk64_t physical;
    errcode_t code = ext_map(ext, &journal->node, logical, &physical);

    if (!code && !physical) {
        ext_source_fail(&ext->source, "the journal has a hole");
        return EXT2_ET_SHORT_READ;
    }
    return code ? code
                : ext_source_read(&ext->source, physical * (uint64_t)journal->block_size,
                                  journal->block_size, journal->block);
}

static bool has_checksums(const struct journal *journal)
{
    return journal->incompat & (FEATURE_CSUM_2 | FEATURE_CSUM_3);
}

/* The block's own checksum, which counts as zero while it is computed, is at AT. */
static bool checksum_holds(struct journal *journal, size_t at)
{
    uint32_t stored = get32(journal->block + at);

    if (!has_checksums(journal))
        return true;
    memset(journal->block + at, 0, sizeof stored);
    uint32_t computed = ext2fs_crc32c_le(journal->seed, journal->block, journal->block_size);
    stored = htobe32(stored);
    memcpy(journal->block + at, &stored, sizeof stored);
    return computed == be32toh(stored);
}

/* Bytes of one tag, without the UUID that may follow. */
static size_t tag_size(const struct journal *journal)
{
    if (journal->incompat & FEATURE_CSUM_3)
        return 16;
    return 8u + (journal->incompat & FEATURE_CSUM_2 ? 2 : 0) +
           (journal->incompat & FEATURE_64BIT ? 4 : 0);
}

static struct ext_replay parse_tag(const struct journal *journal, const unsigned char *tag,
                                   uint32_t *flags)
{
    /* csum_v3: block, flags, high half, checksum; before: block, checksum (16 bits), flags
     * (16 bits), high half. */
    *flags = get32(tag + 4);
    if (!(journal->incompat & FEATURE_CSUM_3))
        *flags &= 0xffff;
    uint64_t high = journal->incompat & FEATURE_64BIT ? get32(tag + 8) : 0;
    return (struct ext_replay){.block = high << 32 | get32(tag), .escaped = *flags & TAG_ESCAPED};
}

static uint32_t advance(const struct journal *journal, uint32_t logical, uint32_t count)
{
    uint32_t log = journal->length - journal->first;

    return journal->first + (uint32_t)(((uint64_t)(logical - journal->first) + count) % log);
}

/* The tags of the descriptor block that was read; *AT, the block behind it, moves over their
 * copies. False when there are too many. */
static bool take_descriptor(struct journal *journal, uint32_t sequence, uint32_t *at,
                            uint32_t *passed)
{
    size_t size = tag_size(journal);
    size_t end = journal->block_size - (has_checksums(journal) ? TAIL_SIZE : 0);
    uint32_t flags = 0;

    for (size_t place = sizeof(struct header); place + size <= end && !(flags & TAG_LAST);) {
        struct ext_replay tag = parse_tag(journal, journal->block + place, &flags);
        if (journal->tag_count == JOURNAL_TAGS_MAX)
            return false;
        tag.copy = *at; /* in the log, for now */
        tag.sequence = sequence;
        journal->tags[journal->tag_count++] = tag;
        *at = advance(journal, *at, 1);
        ++*passed;
        place += size + (flags & TAG_SAME_UUID ? 0 : UUID_SIZE);
    }
    return true;
}

static bool take_revokes(struct journal *journal, uint32_t sequence)
{
    size_t size = journal->incompat & FEATURE_64BIT ? 8 : 4;
    size_t used = get32(journal->block + sizeof(struct header));
    size_t room = journal->block_size - (has_checksums(journal) ? TAIL_SIZE : 0);

    if (used > room)
        used = room;
    for (size_t at = sizeof(struct header) + 4; at + size <= used; at += size) {
        if (journal->revoke_count == JOURNAL_TAGS_MAX)
            return false;
        uint64_t block = get32(journal->block + at);
        if (size == 8)
            block = block << 32 | get32(journal->block + at + 4);
        journal->revokes[journal->revoke_count++] = (struct revoked){block, sequence};
    }
    return true;
}

/* One block of the log. 1 it belongs to transaction *SEQUENCE (which moves on with its
 * commit), 0 the log ends before it, -1 there is more than is kept. */
static int take_block(struct journal *journal, uint32_t *sequence, uint32_t *at, uint32_t *passed)
{
    const unsigned char *block = journal->block;
    size_t tail = journal->block_size - TAIL_SIZE;

    if (get32(block) != JOURNAL_MAGIC || get32(block + 8) != *sequence)
        return 0;
    switch (get32(block + 4)) {
    case TYPE_DESCRIPTOR:
        if (!checksum_holds(journal, tail))
            return 0;
        return take_descriptor(journal, *sequence, at, passed) ? 1 : -1;
    case TYPE_REVOKE:
        if (!checksum_holds(journal, tail))
            return 0;
        return take_revokes(journal, *sequence) ? 1 : -1;
    case TYPE_COMMIT:
        if (!checksum_holds(journal, COMMIT_CHECKSUM_AT))
            return 0;
        journal->tag_committed = journal->tag_count;
        journal->revoke_committed = journal->revoke_count;
        ++*sequence;
        return 1;
    default:
        return 0;
    }
}

static int follow_log(struct journal *journal, uint32_t start, uint32_t sequence, struct error *err)
{
    uint32_t at = start, passed = 0, log = journal->length - journal->first;

    while (passed < log) {
        errcode_t code = read_logical(journal, at);
        if (code)
            return ext_error(journal->ext, err, code, "block %u of the journal cannot be read", at);
        at = advance(journal, at, 1);
        passed++;
        int result =
            passed > JOURNAL_BLOCKS_MAX ? -1 : take_block(journal, &sequence, &at, &passed);
        if (result == 0)
            break;
        if (result < 0)
            return error_set(err, ERROR_INTERNAL, "more of it is in use than is followed here");
    }
    return 0;
}

static int compare_tags(const void *a, const void *b)
{
    const struct ext_replay *x = a, *y = b;

    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    /* sequence numbers go round */
    int32_t later = (int32_t)(x->sequence - y->sequence);
    return later < 0 ? -1 : later > 0;
}

static int compare_revokes(const void *a, const void *b)
{
    const struct revoked *x = a, *y = b;

    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    int32_t later = (int32_t)(x->sequence - y->sequence);
    return later < 0 ? -1 : later > 0;
}

/* Called off in its own transaction or a later one. */
static bool is_revoked(const struct journal *journal, const struct ext_replay *tag)
{
    size_t low = 0, high = journal->revoke_committed;

    while (low < high) { /* the first revoke behind those of this block */
        size_t middle = low + (high - low) / 2;
        if (journal->revokes[middle].block > tag->block)
            high = middle;
        else
            low = middle + 1;
    }
    return low && journal->revokes[low - 1].block == tag->block &&
           (int32_t)(journal->revokes[low - 1].sequence - tag->sequence) >= 0;
}

/* Keeps the newest copy of each block, and turns its place in the log into one on the disk. */
static int settle(struct journal *journal, struct error *err)
{
    size_t kept = 0;

    qsort(journal->tags, journal->tag_committed, sizeof journal->tags[0], compare_tags);
    qsort(journal->revokes, journal->revoke_committed, sizeof journal->revokes[0], compare_revokes);
    for (size_t i = 0; i < journal->tag_committed; i++) {
        struct ext_replay tag = journal->tags[i];
        blk64_t physical;

        if (i + 1 < journal->tag_committed && journal->tags[i + 1].block == tag.block)
            continue;
        if (is_revoked(journal, &tag))
            continue;
        errcode_t code = ext_map(journal->ext, &journal->node, tag.copy, &physical);
        if (code)
            return ext_error(journal->ext, err, code, "block %llu of the journal cannot be found",
                             (unsigned long long)tag.copy);
        if (!physical)
            return error_set(err, ERROR_INTERNAL, "the journal has a hole");
        tag.copy = physical;
        journal->tags[kept++] = tag;
    }
    journal->ext->source.replay =
        xreallocarray(take_pointer(journal->tags), kept ? kept : 1, sizeof(struct ext_replay));
    journal->ext->source.replay_count = kept;
    return 0;
}

/* The journal's own superblock. 1 there is something to follow, 0 not, -1 with ERR. */
static int read_super(struct journal *journal, struct journal_super *super, struct error *err)
{
    const uint32_t known =
        FEATURE_REVOKE | FEATURE_64BIT | FEATURE_ASYNC_COMMIT | FEATURE_CSUM_2 | FEATURE_CSUM_3;
    errcode_t code = read_logical(journal, 0);

    if (code)
        return ext_error(journal->ext, err, code, "its superblock cannot be read");
    memcpy(super, journal->block, sizeof *super);
    uint32_t type = be32toh(super->header.type);
    if (be32toh(super->header.magic) != JOURNAL_MAGIC ||
        (type != TYPE_SUPER_1 && type != TYPE_SUPER_2))
        return error_set(err, ERROR_INTERNAL, "it has no superblock");
    journal->incompat = type == TYPE_SUPER_2 ? be32toh(super->incompat) : 0;
    journal->first = be32toh(super->first);
    journal->length = be32toh(super->length);
    uint32_t start = be32toh(super->start);
    if (journal->incompat & ~known)
        return error_set(err, ERROR_INTERNAL, "it uses features that are not known here (0x%x)",
                         journal->incompat & ~known);
    if (be32toh(super->block_size) != journal->block_size || journal->first == 0 ||
        journal->first >= journal->length ||
        journal->length > EXT2_I_SIZE(journal->node.inode) / journal->block_size)
        return error_set(err, ERROR_INTERNAL, "its superblock is damaged");
    if (start == 0)
        return 0;
    if (start < journal->first || start >= journal->length)
        return error_set(err, ERROR_INTERNAL, "it starts at block %u, outside itself", start);
    journal->seed = ext2fs_crc32c_le(~0u, super->uuid, sizeof super->uuid);
    return 1;
}

static int load(struct journal *journal, struct error *err)
{
    struct ext2_super_block *of_fs = journal->ext->fs->super;
    struct journal_super super = {0};

    if (!ext2fs_has_feature_journal(of_fs) || of_fs->s_journal_inum == 0)
        return error_set(err, ERROR_INTERNAL, "it is on another device");
    if (ext_node_load(journal->ext, of_fs->s_journal_inum, &journal->node, err) < 0)
        return -1;
    if (ext_is_inline(&journal->node) || !LINUX_S_ISREG(journal->node.inode->i_mode))
        return error_set(err, ERROR_INTERNAL, "its inode is not that of a journal");
    int result = read_super(journal, &super, err);
    if (result <= 0)
        return result;
    journal->tags = xcalloc(JOURNAL_TAGS_MAX, sizeof journal->tags[0]);
    journal->revokes = xcalloc(JOURNAL_TAGS_MAX, sizeof journal->revokes[0]);
    if (follow_log(journal, be32toh(super.start), be32toh(super.sequence), err) < 0)
        return -1;
    return settle(journal, err);
}

int ext_journal_load(struct ext *ext, struct error *err)
{
    struct journal journal = {.ext = ext, .node = EXT_NODE_INIT, .block_size = ext->fs->blocksize};
    int result;

    journal.block = xmalloc(journal.block_size);
    result = load(&journal, err);
    free(journal.block);
    free(journal.tags);
    free(journal.revokes);
    ext_node_free(&journal.node);
    return result < 0 ? -1 : 0;
}
