/* Directories: entries of 32 bytes in the order in which they came. In front of an entry stand the
 * parts of its long name, the last part first. See fat_dir.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/fat/fat_dir.h"

#include <string.h>

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/fat/fat_chain.h"
#include "fsprobe/fs/utf16.h"

/* An entry. */
#define BASE            8 /* bytes of the name, then those behind its dot, both with blanks behind */
#define EXTENSION       3
#define KIND_AT         11
#define CLUSTER_HIGH_AT 20
#define CLUSTER_AT      26
#define SIZE_AT         28
#define END             0x00 /* in the place of the first character: no further entry */
#define FREE            0xE5
#define ESCAPED_FREE    0x05 /* the character that has the number of FREE */
#define LABEL           0x08
#define DIRECTORY       0x10
#define LONG            0x0F
#define KIND_MASK       0x3F
/* A part of a long name. */
#define NUMBER_MASK 0x1F
#define LAST        0x40
#define SUM_AT      13
#define PART        13 /* units of UTF-16 */
#define PARTS_MAX   20

#define PIECE 2048 /* bytes that are read together */

/* The parts that came so far. */
struct long_name {
    unsigned left;  /* parts that are still to come */
    unsigned parts; /* 0: no name */
    uint8_t sum;    /* of the short name that it belongs to */
    uint16_t units[PARTS_MAX * PART];
    char text[PARTS_MAX * PART * UTF16_EXPANDS];
};

struct dir_walk {
    struct fat *fat;
    bool (*each)(void *context, const struct fat_entry *entry);
    void *context;
    uint64_t seen; /* bytes */
    struct long_name name;
};

static void take_part(struct long_name *name, const unsigned char *entry)
{
    static const uint8_t places[PART] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    unsigned number = entry[0] & NUMBER_MASK;

    if (entry[0] & LAST) {
        name->parts = name->left = number <= PARTS_MAX ? number : 0;
        name->sum = entry[SUM_AT];
    }
    if (number == 0 || number != name->left || entry[SUM_AT] != name->sum) {
        name->parts = name->left = 0;
        return;
    }
    name->left--;
    for (size_t i = 0; i < PART; i++)
        name->units[(number - 1) * PART + i] = get_le16(entry + places[i]);
}

static uint8_t sum_of(const unsigned char *entry)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < BASE + EXTENSION; i++)
        sum = (uint8_t)((sum >> 1 | sum << 7) + entry[i]);
    return sum;
}

static size_t take_words(const unsigned char *from, size_t length, char *out)
{
    while (length && from[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < length; i++)
        out[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] - 'A' + 'a' : from[i]);
    return length;
}

static void take_alias(const unsigned char *bytes, struct fat_entry *entry)
{
    char *out = entry->alias;

    entry->alias_length = take_words(bytes, BASE, out);
    if (entry->alias_length && bytes[0] == ESCAPED_FREE)
        out[0] = (char)FREE;
    size_t more = take_words(bytes + BASE, EXTENSION, out + entry->alias_length + 1);
    if (more) {
        out[entry->alias_length] = '.';
        entry->alias_length += more + 1;
    }
}

/* Of a file or directory: 1 go on, 0 enough. */
static int take_entry(struct dir_walk *walk, const unsigned char *bytes)
{
    struct long_name *name = &walk->name;
    struct fat_entry entry = {.directory = bytes[KIND_AT] & DIRECTORY,
                              .cluster = get_le16(bytes + CLUSTER_AT),
                              .size = get_le32(bytes + SIZE_AT)};

    if (walk->fat->bits == 32)
        entry.cluster |= (uint32_t)get_le16(bytes + CLUSTER_HIGH_AT) << 16;
    take_alias(bytes, &entry);
    entry.name = entry.alias;
    entry.length = entry.alias_length;
    if (name->parts && name->left == 0 && name->sum == sum_of(bytes)) {
        size_t count = 0;
        while (count < (size_t)name->parts * PART && name->units[count])
            count++;
        entry.name = name->text;
        entry.length = utf16_to_utf8(name->units, count, name->text);
    }
    return walk->each(walk->context, &entry);
}

/* 1 go on, 0 enough. */
static int walk_entry(struct dir_walk *walk, const unsigned char *bytes)
{
    int result = 1;

    if (bytes[0] == END)
        return 0;
    if (bytes[0] != FREE && (bytes[KIND_AT] & KIND_MASK) == LONG) {
        take_part(&walk->name, bytes);
        return 1;
    }
    /* "." and "..", which no other name begins like */
    if (bytes[0] != FREE && bytes[0] != '.' && !(bytes[KIND_AT] & LABEL))
        result = take_entry(walk, bytes);
    walk->name.parts = 0;
    return result;
}

/* LENGTH bytes of the directory from AT on. 1 go on, 0 enough, -1 with ERR. */
static int walk_range(struct dir_walk *walk, uint64_t at, uint32_t length, struct error *err)
{
    unsigned char bytes[PIECE];
    int result = 1;

    while (length && result > 0) {
        size_t part = length < PIECE ? length : PIECE;
        if (walk->seen == FAT_DIRECTORY_MAX)
            return error_set(err, ERROR_INTERNAL, "a directory has more than %d entries",
                             FAT_DIRECTORY_MAX / FAT_ENTRY_SIZE);
        if (block_cache_read(walk->fat->nodes.cache, at, bytes, part, err) < 0)
            return -1;
        for (size_t i = 0; i < part && result > 0; i += FAT_ENTRY_SIZE)
            result = walk_entry(walk, bytes + i);
        at += part, length -= (uint32_t)part, walk->seen += part;
    }
    return result;
}

int fat_dir_each(struct fat *fat, uint32_t cluster,
                 bool (*each)(void *context, const struct fat_entry *entry), void *context,
                 struct error *err)
{
    struct dir_walk walk = {.fat = fat, .each = each, .context = context};
    uint64_t at;
    int result;

    if (cluster == 0 && fat->bits != 32)
        return walk_range(&walk, fat->root_at, fat->root_size, err) < 0 ? -1 : 0;
    if (fat_place(fat, cluster, &at, err) < 0)
        return -1;
    while ((result = walk_range(&walk, at, fat->cluster, err)) > 0 &&
           (result = fat_next(fat, &cluster, err)) > 0)
        if (fat_place(fat, cluster, &at, err) < 0)
            return -1;
    return result < 0 ? -1 : 0;
}
