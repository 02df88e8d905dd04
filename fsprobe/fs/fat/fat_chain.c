/* Chains. See fat_chain.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/fat/fat_chain.h"

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"
#include "fsprobe/fs/source.h"

/* From here on, an entry says that there is no further cluster. Of 32 bits four are not used. */
#define END_12  0xff8u
#define END_16  0xfff8u
#define END_32  0x0ffffff8u
#define MASK_12 0xfffu
#define MASK_32 0x0fffffffu

#define LINK_CHARGE 1 /* to the budget, so that circles come to an end */

int fat_place(const struct fat *fat, uint32_t cluster, uint64_t *at, struct error *err)
{
    if (cluster < FAT_FIRST || cluster - FAT_FIRST >= fat->clusters)
        return error_set(err, ERROR_INTERNAL, "it has a cluster %lu, and there is none",
                         (unsigned long)cluster);
    *at = fat->data_at + (uint64_t)(cluster - FAT_FIRST) * fat->cluster;
    return 0;
}

/* The bytes of the table at AT, of which there are at least two, four in a FAT32. NULL with ERR. */
static const unsigned char *look_at(struct fat *fat, uint64_t at, struct error *err)
{
    size_t width = fat->bits == 32 ? 4 : 2;

    if (fat->window_length == 0 || at < fat->window_at ||
        at + width > fat->window_at + fat->window_length) {
        uint64_t begin = at - at % FAT_WINDOW;
        /* an entry of 12 bits may end one byte further */
        size_t length = fat->bits == 12 ? FAT_WINDOW + 1 : FAT_WINDOW;
        if (length > fat->table_end - begin)
            length = (size_t)(fat->table_end - begin);
        fat->window_length = 0;
        if (block_cache_read(fat->nodes.cache, begin, fat->window, length, err) < 0)
            return NULL;
        fat->window_at = begin;
        fat->window_length = length;
    }
    return fat->window + (at - fat->window_at);
}

int fat_next(struct fat *fat, uint32_t *cluster, struct error *err)
{
    uint64_t at = fat->table_at + (uint64_t)*cluster * fat->bits / 8;
    uint32_t next, end;

    if (source_charge(fat->nodes.source, LINK_CHARGE, err) < 0)
        return -1;
    const unsigned char *entry = look_at(fat, at, err);
    if (!entry)
        return -1;
    if (fat->bits == 32) {
        next = get_le32(entry) & MASK_32;
        end = END_32;
    } else if (fat->bits == 16) {
        next = get_le16(entry);
        end = END_16;
    } else {
        next = *cluster % 2 ? get_le16(entry) >> 4 : get_le16(entry) & MASK_12;
        end = END_12;
    }
    if (next >= end)
        return 0;
    if (next < FAT_FIRST || next - FAT_FIRST >= fat->clusters)
        return error_set(err, ERROR_INTERNAL, "cluster %lu goes on at %lu, and there is none",
                         (unsigned long)*cluster, (unsigned long)next);
    *cluster = next;
    return 1;
}
