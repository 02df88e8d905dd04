/* Tables inside volumes. See inside.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/inside.h"

#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "fsprobe/disk/crc32.h"
#include "fsprobe/disk/pieces.h"
#include "fsprobe/disk/signature.h"

#define SECTOR UINT64_C(512)

struct inside {
    struct guest *guest;
    size_t parent; /* index */
    struct problems *problems;
};

/* One partition of a table. */
struct inside_part {
    const char *kind;  /* GRUB's: "gpt" */
    unsigned number;   /* from 1 */
    uint64_t at, size; /* bytes, into the parent */
};

static struct volume *parent_of(const struct inside *inside)
{
    return &inside->guest->volumes[inside->parent];
}

/* What GRUB calls the partition of what it calls DEVICE; NULL: nothing. The caller frees. */
static char *device_inside(const char *device, const struct inside_part *part)
{
    return device ? xasprintf("%s,%s%u", device, part->kind, part->number) : NULL;
}

static char *device_of_place(const struct volume *volume)
{
    if (volume->partition == 0)
        return xasprintf("hd%u", volume->disk);
    return xasprintf("hd%u,%s%u", volume->disk, volume->gpt ? "gpt" : "msdos", volume->partition);
}

static void name_part(const struct inside *inside, const struct inside_part *part,
                      struct volume *volume)
{
    const struct volume *parent = parent_of(inside);

    if (strcmp(part->kind, "bsd") == 0)
        volume->where =
            xasprintf("BSD partition %c of %s", (char)('a' + part->number - 1), parent->where);
    else
        volume->where = xasprintf("partition %u of %s", part->number, parent->where);
    if (parent->kind == VOLUME_PLACE) {
        auto_free char *device = device_of_place(parent);
        volume->devices[0] = device_inside(device, part);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(volume->devices); i++)
        volume->devices[i] = device_inside(parent->devices[i], part);
}

/* LENGTH bytes of SOURCE from AT; NULL: they are not all there. */
static struct source *part_of(struct source *source, uint64_t at, uint64_t length, const char *name,
                              uint64_t *budget)
{
    auto_pieces struct pieces pieces = {.count = 0};
    struct piece *piece = length ? pieces_add(&pieces, length, 1, 1, length) : NULL;

    if (!piece)
        return NULL;
    piece->members[0] = (struct piece_member){.source = source, .offset = at};
    return piece_is_whole(piece) ? source_of_pieces(&pieces, name, budget) : NULL;
}

static void add_part(const struct inside *inside, const struct inside_part *part)
{
    struct volume *parent = parent_of(inside);
    struct source *source =
        part_of(parent->source, part->at, part->size, parent->where, &inside->guest->budget);
    struct volume *volume = source ? guest_add(inside->guest) : NULL;
    auto_error struct error ignored = ERROR_INIT;

    if (!volume) {
        problems_add(inside->problems, "partition %u of %s is not read: %s", part->number,
                     parent->where,
                     source ? "there are too many volumes" : "it is not all inside of it");
        source_free(source);
        return;
    }
    volume->kind = VOLUME_INSIDE;
    volume->source = source;
    volume->size = part->size;
    volume->disk = parent->disk;
    volume->placed = parent->placed;
    volume->offset = parent->placed ? parent->offset + part->at : 0;
    volume->partition = part->number;
    volume->gpt = strcmp(part->kind, "gpt") == 0;
    volume->members = xcalloc(1, sizeof *volume->members);
    volume->members[volume->member_count++] = inside->parent;
    name_part(inside, part, volume);
    /* What cannot be read is not known; opening it will say so again. */
    (void)!signature_identify(volume, &ignored);
}

/* --- GPT --------------------------------------------------------------------------------- */

#define GPT_HEADER      92
#define GPT_ENTRY       128 /* bytes of one, where there are no more */
#define GPT_ENTRIES_MAX 128 /* of a table: everybody writes so many */

/* The entries of the table with sectors of SIZE bytes into ENTRIES, which has room for all. How
 * many; 0: there is no such table, or it is damaged. */
static unsigned read_gpt(struct source *source, uint64_t size, unsigned char *entries)
{
    auto_error struct error ignored = ERROR_INIT;
    unsigned char header[GPT_HEADER], cleared[GPT_HEADER];
    uint64_t at;

    if (source->size < 2 * size || source_read(source, size, header, sizeof header, &ignored) < 0 ||
        memcmp(header, "EFI PART", 8) != 0 || get_le32(header + 12) != GPT_HEADER)
        return 0;
    memcpy(cleared, header, sizeof cleared);
    memset(cleared + 16, 0, 4);
    uint32_t count = get_le32(header + 80);
    if (~crc32_update(UINT32_MAX, cleared, sizeof cleared) != get_le32(header + 16) ||
        count > GPT_ENTRIES_MAX || get_le32(header + 84) != GPT_ENTRY ||
        __builtin_mul_overflow(get_le64(header + 72), size, &at) ||
        source_read(source, at, entries, (size_t)count * GPT_ENTRY, &ignored) < 0 ||
        ~crc32_update(UINT32_MAX, entries, (size_t)count * GPT_ENTRY) != get_le32(header + 88))
        return 0;
    return count;
}

static bool scan_gpt(const struct inside *inside, uint64_t sector)
{
    static const unsigned char none[16];
    auto_free unsigned char *entries = xmalloc((size_t)GPT_ENTRIES_MAX * GPT_ENTRY);
    unsigned count = read_gpt(parent_of(inside)->source, sector, entries);

    for (unsigned i = 0; i < count; i++) {
        const unsigned char *entry = entries + (size_t)i * GPT_ENTRY;
        uint64_t first = get_le64(entry + 32), last = get_le64(entry + 40), at, size;
        if (memcmp(entry, none, sizeof none) == 0)
            continue;
        if (last < first || __builtin_mul_overflow(first, sector, &at) ||
            __builtin_mul_overflow(last - first + 1, sector, &size))
            at = size = UINT64_MAX;
        add_part(inside, &(struct inside_part){"gpt", i + 1, at, size});
    }
    return count > 0;
}

/* --- MBR --------------------------------------------------------------------------------- */

#define MBR_ENTRIES_AT  446
#define MBR_ENTRY       16
#define MBR_MARK_AT     510
#define MBR_LOGICAL_MAX 64 /* of a chain */

/* One of the four entries of a record, in sectors. */
struct mbr_part {
    uint8_t type;
    uint64_t first, count;
};

static struct mbr_part mbr_part_at(const unsigned char *record, unsigned number)
{
    const unsigned char *entry = record + MBR_ENTRIES_AT + (size_t)number * MBR_ENTRY;

    return (struct mbr_part){entry[4], get_le32(entry + 8), get_le32(entry + 12)};
}

static bool is_extended(uint8_t type)
{
    return type == 0x05 || type == 0x0f || type == 0x85;
}

/* The record at the sector FIRST of the parent. */
static bool read_record(const struct inside *inside, uint64_t first, unsigned char record[SECTOR])
{
    auto_error struct error ignored = ERROR_INIT;

    return source_read(parent_of(inside)->source, first * SECTOR, record, SECTOR, &ignored) == 0 &&
           record[MBR_MARK_AT] == 0x55 && record[MBR_MARK_AT + 1] == 0xAA;
}

static void add_mbr_part(const struct inside *inside, unsigned number, uint64_t base,
                         const struct mbr_part *part)
{
    if (part->type && part->count)
        add_part(inside, &(struct inside_part){"msdos", number, (base + part->first) * SECTOR,
                                               part->count * SECTOR});
}

/* Each record of the chain has a partition, and where the next record is, from the first one on. */
static void scan_chain(const struct inside *inside, uint64_t begin)
{
    unsigned char record[SECTOR];
    uint64_t at = begin;

    for (unsigned i = 0; i < MBR_LOGICAL_MAX && read_record(inside, at, record); i++) {
        struct mbr_part part = mbr_part_at(record, 0), next = mbr_part_at(record, 1);
        add_mbr_part(inside, 5 + i, at, &part);
        if (!is_extended(next.type) || next.first == 0)
            return;
        at = begin + next.first;
    }
}

/* Whether the record is a table and not the program of a filesystem's boot sector. */
static bool is_table(const unsigned char *record, uint64_t size)
{
    unsigned used = 0;

    for (unsigned i = 0; i < 4; i++) {
        struct mbr_part part = mbr_part_at(record, i);
        uint8_t flags = record[MBR_ENTRIES_AT + i * MBR_ENTRY];
        if ((flags != 0 && flags != 0x80) || (part.first + part.count) * SECTOR > size)
            return false;
        used += part.type && part.count;
    }
    return used > 0;
}

static void scan_mbr(const struct inside *inside)
{
    unsigned char record[SECTOR];

    if (parent_of(inside)->source->size < SECTOR || !read_record(inside, 0, record) ||
        !is_table(record, parent_of(inside)->source->size))
        return;
    for (unsigned i = 0; i < 4; i++) {
        struct mbr_part part = mbr_part_at(record, i);
        if (is_extended(part.type))
            scan_chain(inside, part.first);
        else
            add_mbr_part(inside, i + 1, 0, &part);
    }
}

/* --- BSD --------------------------------------------------------------------------------- */

#define BSD_AT        512
#define BSD_MARK      0x82564557u
#define BSD_PARTS_AT  148
#define BSD_PART      16
#define BSD_PARTS_MAX 16
#define BSD_RAW       2 /* the partition 'c', all of the slot or of the disk */

/* Sectors of 512 bytes that the offsets in the label count from: those of the disk where the
 * partition 'c' says where the slot begins, else those of the slot. */
static uint64_t bsd_base(const struct volume *slot, const unsigned char *label, unsigned count)
{
    uint64_t begin = slot->placed ? slot->offset / SECTOR : 0;
    uint64_t raw =
        count > BSD_RAW ? get_le32(label + BSD_PARTS_AT + (size_t)BSD_RAW * BSD_PART + 4) : 0;

    for (unsigned i = 0; i < count; i++) {
        const unsigned char *part = label + BSD_PARTS_AT + (size_t)i * BSD_PART;
        /* one that is used and begins before the slot does: they count from the slot */
        if (get_le32(part) && part[12] && i != BSD_RAW && get_le32(part + 4) < begin)
            return 0;
    }
    return raw == begin || raw == 0 ? begin : 0;
}

/* The slot itself is no filesystem then: what seems to be one is that of its first partition. */
static void hide_slot(struct volume *slot)
{
    replace_string(&slot->type, xstrdup("bsd"));
    replace_string(&slot->label, NULL);
    replace_string(&slot->uuid, NULL);
}

static void scan_bsd(const struct inside *inside)
{
    struct volume *slot = parent_of(inside);
    auto_error struct error ignored = ERROR_INIT;
    unsigned char label[SECTOR];

    if (slot->size < BSD_AT + sizeof label ||
        source_read(slot->source, BSD_AT, label, sizeof label, &ignored) < 0 ||
        get_le32(label) != BSD_MARK || get_le32(label + 132) != BSD_MARK)
        return;
    unsigned count = get_le16(label + 138);
    if (count > BSD_PARTS_MAX)
        count = BSD_PARTS_MAX;
    uint64_t base = bsd_base(slot, label, count);
    for (unsigned i = 0; i < count; i++) {
        const unsigned char *part = label + BSD_PARTS_AT + (size_t)i * BSD_PART;
        uint64_t size = get_le32(part), first = get_le32(part + 4);
        /* what is not used, all of the slot, and what is of other slots */
        if (size == 0 || part[12] == 0 || i == BSD_RAW || first < base ||
            (first - base + size) * SECTOR > slot->size)
            continue;
        hide_slot(slot);
        add_part(inside,
                 &(struct inside_part){"bsd", i + 1, (first - base) * SECTOR, size * SECTOR});
    }
}

void inside_scan(struct guest *guest, size_t index, struct problems *problems)
{
    const struct inside inside = {guest, index, problems};
    const struct volume *volume = &guest->volumes[index];

    if (!volume->source || (volume->type && strcmp(volume->type, "ufs") != 0))
        return;
    if (volume->kind == VOLUME_PLACE)
        scan_bsd(&inside);
    else if (volume->kind == VOLUME_ARRAY && !scan_gpt(&inside, SECTOR) &&
             !scan_gpt(&inside, 8 * SECTOR))
        scan_mbr(&inside);
}
