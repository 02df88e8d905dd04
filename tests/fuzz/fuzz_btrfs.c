/* Fuzz target: Btrfs on up to four devices: all names, all files, all subvolumes.
 *
 * An input is a list of blocks that are not empty: a number (u32; the upper four bits are the
 * device's), and 4096 bytes. The mutator changes one field, or moves a block, and puts the checksum
 * right again, which a fuzzer does not: so what is behind the checksums is what is tried. Seeds
 * (seeds.sh) have nodes of one block.
 *
 *   make fuzz      or, with what that builds:  build-fuzz/fuzz/fuzz_btrfs -max_len=400000 SEEDS
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/bytes.h"
#include "fsprobe/fs/btrfs/node.h"
#include "tests/unit/btrfs_walk.h"

#define BLOCK       4096
#define RECORD      (4 + BLOCK)
#define DEVICE_SIZE (UINT64_C(256) * 1024 * 1024)
#define SUPER       16 /* the block of the superblock */
#define SUPER_KEYS  811

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

static unsigned char *device(unsigned number)
{
    static unsigned char *devices[BTRFS_WALK_DEVICES];

    if (!devices[number])
        devices[number] = mmap(NULL, DEVICE_SIZE, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (devices[number] == MAP_FAILED)
        abort();
    return devices[number];
}

/* Where a record's bytes belong; NULL: nowhere. */
static unsigned char *place_of(const uint8_t *record)
{
    uint32_t number = get_le32(record), block = number & 0x0fffffff;

    if (number >> 28 >= BTRFS_WALK_DEVICES || block >= DEVICE_SIZE / BLOCK)
        return NULL;
    return device(number >> 28) + (size_t)block * BLOCK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct btrfs_memory devices[BTRFS_WALK_DEVICES];
    unsigned char *place;

    for (size_t at = 0; at + RECORD <= size; at += RECORD)
        if ((place = place_of(data + at)))
            memcpy(place, data + at + 4, BLOCK);
    for (unsigned i = 0; i < BTRFS_WALK_DEVICES; i++)
        devices[i] = (struct btrfs_memory){device(i), DEVICE_SIZE};
    (void)btrfs_walk(devices);
    for (size_t at = 0; at + RECORD <= size; at += RECORD)
        if ((place = place_of(data + at)))
            memset(place, 0, BLOCK);
    return 0;
}

struct chance {
    uint64_t state;
};

static unsigned below(struct chance *chance, size_t bound)
{
    chance->state = chance->state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return bound ? (unsigned)((chance->state >> 33) % bound) : 0;
}

static bool is_super(const uint8_t *record)
{
    return (get_le32(record) & 0x0fffffff) == SUPER;
}

static bool is_node(const uint8_t *record, const uint8_t *super)
{
    return super && memcmp(record + 4 + 32, super + 4 + 32, BTRFS_UUID_SIZE) == 0;
}

static const uint8_t *find_super(const uint8_t *data, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_super(data + i * RECORD))
            return data + i * RECORD;
    return NULL;
}

/* An item of a kind that is read, if there is one soon. */
static size_t pick_item(const unsigned char *node, struct chance *chance)
{
    static const char read[] = {
        BTRFS_INODE_ITEM,  BTRFS_INODE_REF,       BTRFS_DIR_ITEM,         BTRFS_DIR_INDEX,
        BTRFS_EXTENT_DATA, (char)BTRFS_ROOT_ITEM, (char)BTRFS_CHUNK_ITEM, (char)BTRFS_ROOT_BACKREF};
    unsigned count = btrfs_node_count(node) % 160;
    size_t head = 0;

    for (unsigned i = 0; i < 4; i++) {
        head = BTRFS_NODE_HEADER + (size_t)below(chance, count) * BTRFS_ITEM_SIZE;
        if (head + BTRFS_ITEM_SIZE <= BLOCK && memchr(read, node[head + 8], sizeof read))
            return head;
    }
    return head % (BLOCK - BTRFS_ITEM_SIZE);
}

/* Somewhere in an item, more often where a field of its data begins. */
static size_t pick_in_leaf(const unsigned char *node, struct chance *chance)
{
    static const uint8_t fields[] = {0,  8,  16, 17, 20, 21, 25,  27,  29,  37,  44,
                                     45, 46, 48, 52, 53, 56, 160, 168, 176, 216, 238};
    size_t head = pick_item(node, chance);
    size_t at = BTRFS_NODE_HEADER + get_le32(node + head + BTRFS_KEY_SIZE) % BLOCK;

    if (below(chance, 5) == 0)
        return head + below(chance, BTRFS_ITEM_SIZE);
    if (below(chance, 3))
        return at + fields[below(chance, sizeof fields)];
    return at + below(chance, get_le32(node + head + BTRFS_KEY_SIZE + 4) % BLOCK);
}

/* Where to change something in the bytes of a block. */
static size_t pick(const uint8_t *record, bool node, struct chance *chance)
{
    const unsigned char *bytes = record + 4;

    if (is_super(record))
        return below(chance, 2) ? 32 + below(chance, 300) : SUPER_KEYS + below(chance, 400);
    if (!node)
        return below(chance, below(chance, 2) ? 64 : BLOCK);
    if (below(chance, 8) == 0)
        return 32 + below(chance, BTRFS_NODE_HEADER - 32);
    return bytes[100] ? BTRFS_NODE_HEADER + below(chance, 4 * BTRFS_POINTER_SIZE)
                      : pick_in_leaf(bytes, chance);
}

static void change_number(unsigned char *at, size_t size, struct chance *chance)
{
    static const uint64_t values[] = {0, 1, UINT64_MAX, 4096, 131072, 65536, UINT64_C(1) << 63};
    uint64_t value = 0;

    memcpy(&value, at, size);
    value = le64toh(value);
    switch (below(chance, 4)) {
    case 0:
        value = values[below(chance, sizeof values / sizeof *values)];
        break;
    case 1:
        value += below(chance, 9) - UINT64_C(4);
        break;
    case 2:
        value ^= UINT64_C(1) << below(chance, 8 * size);
        break;
    default:
        value += ((uint64_t)below(chance, 9) - 4) * BLOCK;
        break;
    }
    value = htole64(value);
    memcpy(at, &value, size);
}

/* One change in RECORD, of which the checksum is mended. */
static void change(uint8_t *record, const uint8_t *super, struct chance *chance)
{
    bool node = is_node(record, super);
    size_t at = pick(record, node, chance), size = (size_t)1 << below(chance, 4);

    if (at + size > BLOCK)
        at = BLOCK - size;
    if (below(chance, 3))
        change_number(record + 4 + at, size, chance);
    else
        LLVMFuzzerMutate(record + 4 + at, size, size);
    if (node)
        btrfs_mend(record + 4, BLOCK);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct chance chance = {seed};
    size_t count = size / RECORD;

    if (count == 0)
        return LLVMFuzzerMutate(data, size, max);
    const uint8_t *super = find_super(data, count);
    uint8_t *one = data + below(&chance, count) * (size_t)RECORD;
    uint8_t *other = data + below(&chance, count) * (size_t)RECORD;
    switch (below(&chance, 24)) {
    case 0: /* one block in the place of another */
        memcpy(one + 4, other + 4, BLOCK);
        break;
    case 1: /* away */
        memmove(one, one + RECORD, (size_t)(data + count * RECORD - one) - RECORD);
        return (count - 1) * RECORD;
    case 2: /* a number of one in the other */
        memcpy(one + 4 + pick(one, is_node(one, super), &chance) % (BLOCK - 8),
               other + 4 + pick(other, is_node(other, super), &chance) % (BLOCK - 8), 8);
        if (is_node(one, super))
            btrfs_mend(one + 4, BLOCK);
        break;
    default:
        for (unsigned i = 0; i <= below(&chance, 3); i++)
            change(data + below(&chance, count) * (size_t)RECORD, super, &chance);
        break;
    }
    return count * RECORD;
}
