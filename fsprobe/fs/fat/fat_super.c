/* The first sector. See fat_super.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/fat/fat_super.h"

#include "common/bytes.h"
#include "fsprobe/fs/block_cache.h"

#define SECTOR_SIZE_AT   11
#define CLUSTER_SIZE_AT  13 /* sectors */
#define RESERVED_AT      14 /* sectors before the first table */
#define TABLES_AT        16
#define ROOT_ENTRIES_AT  17
#define SECTORS_SMALL_AT 19 /* of all; 0: see the other */
#define TABLE_SMALL_AT   22 /* sectors of a table; 0: a FAT32 */
#define SECTORS_AT       32
/* FAT32 only */
#define TABLE_AT   36
#define FLAGS_AT   40
#define ROOT_AT    44
#define ONE_TABLE  0x80 /* of the flags: only the table of this number is kept up */
#define TABLE_MASK 0x0f

#define SUPER_SIZE 512
#define MARK_AT    510

/* In sectors, as they are read. */
struct layout {
    uint32_t sector, reserved, table, tables, root, all;
};

static int bad(struct error *err, const char *what, uint64_t value)
{
    return error_set(err, ERROR_INTERNAL, "its %s is %llu", what, (unsigned long long)value);
}

static bool is_power(uint32_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static int take_layout(struct fat *fat, const unsigned char *super, struct layout *layout,
                       struct error *err)
{
    uint32_t per_cluster = super[CLUSTER_SIZE_AT];
    bool large = get_le16(super + TABLE_SMALL_AT) == 0;

    layout->sector = get_le16(super + SECTOR_SIZE_AT);
    if (!is_power(layout->sector) || layout->sector < FAT_SECTOR_MIN ||
        layout->sector > FAT_SECTOR_MAX)
        return bad(err, "sector size", layout->sector);
    if (!is_power(per_cluster))
        return bad(err, "number of sectors per cluster", per_cluster);
    fat->cluster = per_cluster * layout->sector;
    layout->reserved = get_le16(super + RESERVED_AT);
    if (layout->reserved == 0)
        return bad(err, "number of reserved sectors", 0);
    layout->tables = super[TABLES_AT];
    if (layout->tables == 0)
        return bad(err, "number of tables", 0);
    layout->table = large ? get_le32(super + TABLE_AT) : get_le16(super + TABLE_SMALL_AT);
    if (layout->table == 0)
        return bad(err, "size of a table", 0);
    fat->root_size = get_le16(super + ROOT_ENTRIES_AT) * FAT_ENTRY_SIZE;
    layout->root = (fat->root_size + layout->sector - 1) / layout->sector;
    layout->all = get_le16(super + SECTORS_SMALL_AT);
    if (layout->all == 0)
        layout->all = get_le32(super + SECTORS_AT);
    fat->bits = large ? 32 : 0;
    return 0;
}

/* The kind is told by the number of clusters, not by the words that stand there for people. Small
 * filesystems may be FAT32 all the same; that is how the kernel, GRUB and firmware see it. */
static int take_clusters(struct fat *fat, const struct layout *layout, struct error *err)
{
    uint64_t data =
        (uint64_t)layout->reserved + (uint64_t)layout->table * layout->tables + layout->root;
    uint64_t table_size = (uint64_t)layout->table * layout->sector;

    if (data >= layout->all)
        return bad(err, "number of sectors", layout->all);
    fat->data_at = data * layout->sector;
    uint64_t count = (layout->all - data) / (fat->cluster / layout->sector);
    if (fat->bits == 0)
        fat->bits = count > FAT_12_CLUSTERS ? 16 : 12;
    if (count == 0 || count > (fat->bits == 32 ? FAT_32_CLUSTERS : FAT_16_CLUSTERS))
        return bad(err, "number of clusters", count);
    /* as the kernel has it: a cluster with no entry in the table is none */
    uint64_t entries = table_size * 8 / fat->bits;
    if (entries <= FAT_FIRST)
        return bad(err, "size of a table", layout->table);
    fat->clusters = (uint32_t)(count < entries - FAT_FIRST ? count : entries - FAT_FIRST);
    return 0;
}

int fat_super_load(struct fat *fat, struct error *err)
{
    unsigned char super[SUPER_SIZE];
    struct layout layout = {0};
    uint32_t live = 0;

    if (block_cache_read(fat->nodes.cache, 0, super, sizeof super, err) < 0)
        return -1;
    if (super[MARK_AT] != 0x55 || super[MARK_AT + 1] != 0xAA)
        return error_set(err, ERROR_INTERNAL, "there is no first sector of a FAT");
    if (take_layout(fat, super, &layout, err) < 0 || take_clusters(fat, &layout, err) < 0)
        return -1;
    if (fat->bits == 32) {
        fat->root = get_le32(super + ROOT_AT);
        if (fat->root < FAT_FIRST || fat->root - FAT_FIRST >= fat->clusters)
            return bad(err, "first cluster of the root", fat->root);
        if (super[FLAGS_AT] & ONE_TABLE)
            live = super[FLAGS_AT] & TABLE_MASK;
        if (live >= layout.tables)
            return bad(err, "number of the table that counts", live);
    }
    uint64_t table_size = (uint64_t)layout.table * layout.sector;
    fat->table_at = (uint64_t)layout.reserved * layout.sector + live * table_size;
    fat->table_end = fat->table_at + table_size;
    fat->root_at = fat->data_at - (uint64_t)layout.root * layout.sector;
    return 0;
}
