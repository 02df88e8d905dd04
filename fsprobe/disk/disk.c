/* Partition tables. See disk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/disk.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/kernel_magic.h"
#include "fsprobe/disk/md_super.h"
#include "fsprobe/disk/signature.h"
#include "fsprobe/fs/source.h"

#define SECTOR_SMALL 512u
#define SECTOR_LARGE 4096u

#define MBR_ACTIVE 0x80

/* What is found of one disk before it is decided how to read it. */
struct scan {
    unsigned number;  /* of the disk, the guest's */
    uint64_t *budget; /* see SOURCE_BUDGET */
    enum table table;
    bool known;   /* at least one volume holds something that is known */
    bool partly;  /* a part of the table could not be used */
    bool refused; /* the table is too large to be read at all */
    struct volume volumes[GUEST_VOLUMES_MAX];
    size_t count;
};

const char *disk_table_name(enum table table)
{
    return table == TABLE_GPT ? "gpt" : table == TABLE_DOS ? "dos" : "none";
}

/* "partition 2 of NAME", "byte 1048576 of NAME", or NAME. The caller frees. */
static char *name_place(const struct disk *disk, unsigned partition, uint64_t offset)
{
    if (partition)
        return xasprintf("partition %u of %s", partition, disk->name);
    if (offset)
        return xasprintf("byte %llu of %s", (unsigned long long)offset, disk->name);
    return xstrdup(disk->name);
}

struct volume disk_volume(const struct disk *disk, unsigned number, unsigned partition,
                          uint64_t offset, uint64_t size, uint64_t *budget)
{
    struct volume volume = {.disk = number,
                            .partition = partition,
                            .offset = offset,
                            .placed = true,
                            .size = size,
                            .where = name_place(disk, partition, offset)};
    auto_error struct error ignored = ERROR_INIT;

    volume.source = source_of_range(disk->fd, number, disk->name, offset, size, budget);
    /* What cannot be read is not known; opening it will say so again. */
    (void)!signature_identify(&volume, &ignored);
    return volume;
}

static void scan_free(struct scan *scan)
{
    while (scan->count)
        volume_free(&scan->volumes[--scan->count]);
    free(scan);
}

int disk_prepare(struct disk *disk, int fd, const char *name, struct error *err)
{
    char *tables[] = {(char[]){"dos"}, (char[]){"gpt"}, NULL};

    *disk = (struct disk){.fd = fd, .name = name};
    disk->probe = blkid_new_probe();
    if (!disk->probe || blkid_probe_set_device(disk->probe, fd, 0, 0) != 0 ||
        blkid_probe_enable_superblocks(disk->probe, 0) != 0 ||
        blkid_probe_enable_partitions(disk->probe, 1) != 0 ||
        blkid_probe_filter_partitions_type(disk->probe, BLKID_FLTR_ONLYIN, tables) != 0) {
        disk_free(disk);
        return error_set(err, ERROR_INTERNAL,
                         "cannot look at %s: it is neither a regular file nor a block device",
                         name);
    }
    disk->size = (uint64_t)blkid_probe_get_size(disk->probe);
    disk->sector = blkid_probe_get_sectorsize(disk->probe);
    return 0;
}

void disk_free(struct disk *disk)
{
    if (disk->probe)
        blkid_free_probe(disk->probe);
    *disk = (struct disk){.fd = -1};
}

/* libblkid reads a table of any size that its header claims; this looks first. AT: where a
 * header would be. */
static bool gpt_is_bounded(const struct disk *disk, uint64_t at)
{
    unsigned char header[92];
    uint32_t entries, size;

    if (pread_all(disk->fd, header, sizeof header, (off_t)at) != (ssize_t)sizeof header ||
        memcmp(header, "EFI PART", 8) != 0)
        return true;
    memcpy(&entries, header + 80, sizeof entries);
    memcpy(&size, header + 84, sizeof size);
    return le32toh(entries) <= DISK_GPT_ENTRIES_MAX && le32toh(size) <= SECTOR_LARGE;
}

/* Whether there is the header of a GPT at byte AT; the LENGTH bytes that begin it into HEADER. */
static bool is_gpt_header(const struct disk *disk, uint64_t at, unsigned char *header,
                          size_t length)
{
    return pread_all(disk->fd, header, length, (off_t)at) == (ssize_t)length &&
           memcmp(header, "EFI PART", 8) == 0;
}

/* What to say of a GPT that was refused, as for a larger disk or as damaged; NULL: there is none.
 * The caller frees. */
static char *refused_gpt(const struct disk *disk)
{
    static const unsigned sectors[] = {SECTOR_SMALL, SECTOR_LARGE};
    unsigned char header[40];
    uint64_t last, size;
    bool found = false;

    for (size_t i = 0; i < ARRAY_SIZE(sectors); i++) {
        found = found || (disk->size > sectors[i] &&
                          is_gpt_header(disk, disk->size / sectors[i] * sectors[i] - sectors[i],
                                        header, sizeof header));
        if (!is_gpt_header(disk, sectors[i], header, sizeof header))
            continue;
        found = true;
        memcpy(&last, header + 32, sizeof last);
        if (!__builtin_add_overflow(le64toh(last), 1, &size) &&
            !__builtin_mul_overflow(size, (uint64_t)sectors[i], &size) && size > disk->size)
            return xasprintf("%s has a partition table (GPT) that is for a disk of %llu bytes, and "
                             "it has %llu: it was cut short",
                             disk->name, (unsigned long long)size, (unsigned long long)disk->size);
    }
    return found ? xasprintf("%s has a partition table (GPT) that is damaged, and no sound copy of "
                             "it: `sgdisk --verify` says more",
                             disk->name)
                 : NULL;
}

/* An MBR's entry, or one of the records (EBR) that a chain of logical partitions consists of. */
#define MBR_ENTRIES_AT   446
#define MBR_MARK_AT      510
#define MBR_PROTECTS_GPT 0xEE
struct mbr_entry {
    uint8_t flags, head[3], type, tail[3];
    uint32_t start, size;
};

/* The extended one among the four entries of the record at AT, number WHICH of them; false when
 * there are not so many. */
static bool find_extended(const struct disk *disk, uint64_t at, unsigned which,
                          struct mbr_entry *found)
{
    unsigned char sector[SECTOR_SMALL];

    if (pread_all(disk->fd, sector, sizeof sector, (off_t)at) != (ssize_t)sizeof sector ||
        sector[MBR_MARK_AT] != 0x55 || sector[MBR_MARK_AT + 1] != 0xAA)
        return false;
    for (size_t i = 0; i < 4; i++) {
        memcpy(found, sector + MBR_ENTRIES_AT + i * sizeof *found, sizeof *found);
        bool extended = found->type == 0x05 || found->type == 0x0f || found->type == 0x85;
        if (extended && found->size && which-- == 0)
            return true;
    }
    return false;
}

/* As refused_gpt(), also of an MBR that is there to protect a GPT which is not. */
static char *refused_table(const struct disk *disk)
{
    char *gpt = refused_gpt(disk);
    unsigned char sector[SECTOR_SMALL];

    if (gpt || pread_all(disk->fd, sector, sizeof sector, 0) != (ssize_t)sizeof sector ||
        sector[MBR_MARK_AT] != 0x55 || sector[MBR_MARK_AT + 1] != 0xAA)
        return gpt;
    for (size_t i = 0; i < 4; i++) {
        struct mbr_entry entry;
        memcpy(&entry, sector + MBR_ENTRIES_AT + i * sizeof entry, sizeof entry);
        if (entry.type == MBR_PROTECTS_GPT)
            return xasprintf("%s has an MBR that belongs to a partition table of the kind GPT, "
                             "which is gone, and so is its copy: `gdisk` may find what was there",
                             disk->name);
    }
    return NULL;
}

static bool is_among(const uint64_t *numbers, size_t count, uint64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* libblkid ends at a link that it has seen before, and goes on and on along other ones: it
 * compares each with all before it. */
static bool chains_are_bounded(const struct disk *disk, unsigned sector)
{
    struct mbr_entry extended, link;
    uint64_t seen[DISK_LOGICAL_MAX];
    size_t count = 0;

    for (unsigned i = 0; find_extended(disk, 0, i, &extended); i++) {
        uint64_t begin = le32toh(extended.start), at = begin;
        while (!is_among(seen, count, at) && find_extended(disk, at * sector, 0, &link)) {
            if (count == DISK_LOGICAL_MAX)
                return false;
            seen[count++] = at;
            at = begin + le32toh(link.start);
        }
    }
    return true;
}

static char *copy_or_null(const char *text)
{
    return text && *text ? xstrdup(text) : NULL;
}

/* The types are those of the Boot Loader Specification. */
static enum volume_purpose purpose_of(const char *type)
{
    static const struct {
        const char *gpt, *mbr;
        enum volume_purpose purpose;
    } types[] = {{"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef", PURPOSE_ESP},
                 {"bc13c2ff-59e6-4262-a352-b275fd6f7172", "0xea", PURPOSE_XBOOTLDR}};

    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        if (strcasecmp(type, types[i].gpt) == 0 || strcasecmp(type, types[i].mbr) == 0)
            return types[i].purpose;
    return PURPOSE_OTHER;
}

/* One partition, as libblkid describes it. False when it lies outside the disk. */
static bool take_partition(const struct disk *disk, struct scan *scan, blkid_partition partition)
{
    /* libblkid counts in 512 bytes whatever the sector size is */
    uint64_t start = (uint64_t)blkid_partition_get_start(partition);
    uint64_t size = (uint64_t)blkid_partition_get_size(partition);
    int number = blkid_partition_get_partno(partition);

    if (number < 1 || size == 0 || start >= disk->size / SECTOR_SMALL)
        return false;
    struct volume *volume = &scan->volumes[scan->count++];
    uint64_t room = disk->size - start * SECTOR_SMALL;
    bool whole = size <= room / SECTOR_SMALL;
    *volume = disk_volume(disk, scan->number, (unsigned)number, start * SECTOR_SMALL,
                          whole ? size * SECTOR_SMALL : room, scan->budget);
    volume->gpt = scan->table == TABLE_GPT;
    volume->part_uuid = copy_or_null(blkid_partition_get_uuid(partition));
    const char *type = blkid_partition_get_type_string(partition);
    volume->part_type =
        type ? xstrdup(type)
             : xasprintf("0x%02x", (unsigned)blkid_partition_get_type(partition) & 0xff);
    volume->purpose = purpose_of(volume->part_type);
    if (volume->gpt)
        volume->part_label = copy_or_null(blkid_partition_get_name(partition));
    else
        volume->active = blkid_partition_get_flags(partition) == MBR_ACTIVE;
    if (volume->type)
        scan->known = true;
    return whole;
}

static bool is_ours(blkid_partition partition, enum table table)
{
    const char *type = blkid_parttable_get_type(blkid_partition_get_table(partition));

    /* inside a partition there may be another system's table: those are its own */
    return type && strcmp(type, disk_table_name(table)) == 0 &&
           !blkid_partition_is_extended(partition);
}

/* The table as it reads with sectors of SECTOR bytes. The caller frees. */
static struct scan *scan_table(struct disk *disk, unsigned number, unsigned sector,
                               uint64_t *budget)
{
    struct scan *scan = xcalloc(1, sizeof *scan);

    scan->number = number;
    scan->budget = budget;
    if (disk->size < 2 * (uint64_t)sector)
        return scan;
    scan->refused = !gpt_is_bounded(disk, sector) ||
                    !gpt_is_bounded(disk, disk->size / sector * sector - sector) ||
                    !chains_are_bounded(disk, sector);
    if (scan->refused || blkid_probe_set_sectorsize(disk->probe, sector) != 0 ||
        blkid_probe_reset_buffers(disk->probe) != 0)
        return scan;
    blkid_partlist list = blkid_probe_get_partitions(disk->probe);
    blkid_parttable table = list ? blkid_partlist_get_table(list) : NULL;
    const char *type = table ? blkid_parttable_get_type(table) : NULL;
    if (!type || (strcmp(type, "dos") != 0 && strcmp(type, "gpt") != 0))
        return scan;
    scan->table = strcmp(type, "gpt") == 0 ? TABLE_GPT : TABLE_DOS;
    int count = blkid_partlist_numof_partitions(list);
    for (int i = 0; i < count; i++) {
        blkid_partition partition = blkid_partlist_get_partition(list, i);
        if (!partition || !is_ours(partition, scan->table))
            continue;
        if (scan->count == GUEST_VOLUMES_MAX || !take_partition(disk, scan, partition))
            scan->partly = true;
    }
    return scan;
}

static bool is_convincing(const struct scan *scan)
{
    return scan->table == TABLE_GPT || (scan->table == TABLE_DOS && scan->known);
}

static bool is_iso(const struct disk *disk)
{
    char mark[5];

    return pread_all(disk->fd, mark, sizeof mark, 32769) == (ssize_t)sizeof mark &&
           memcmp(mark, "CD001", sizeof mark) == 0;
}

static void add_volume(struct guest *guest, struct volume *volume, const struct disk *disk,
                       struct problems *problems)
{
    if (guest->volume_count == GUEST_VOLUMES_MAX) {
        problems_add(problems, "%s: there are more than %d partitions; the rest is passed over",
                     disk->name, GUEST_VOLUMES_MAX);
        volume_free(volume);
        return;
    }
    guest->volumes[guest->volume_count++] = *volume;
    *volume = (struct volume){0};
}

/* The better reading of the two sector sizes. The caller frees. */
static struct scan *scan_both(struct disk *disk, unsigned number, uint64_t *budget)
{
    unsigned other = disk->sector == SECTOR_LARGE ? SECTOR_SMALL : SECTOR_LARGE;
    struct scan *first = scan_table(disk, number, disk->sector, budget);

    if (is_convincing(first))
        return first;
    struct scan *second = scan_table(disk, number, other, budget);
    if (is_convincing(second)) {
        disk->sector = other;
        scan_free(first);
        return second;
    }
    scan_free(second);
    return first;
}

/* Whether it is a kernel: the boot sector that x86's begin with ends as an MBR does. */
static bool is_kernel(const struct disk *disk)
{
    unsigned char head[KERNEL_HEAD];
    ssize_t length = pread_all(disk->fd, head, sizeof head, 0);

    return length > 0 && kernel_magic(head, (size_t)length);
}

/* Not a table after all, when nothing in its partitions is known and the disk itself is a
 * filesystem whose first sector was left to a boot program, or when it has none and the disk is a
 * kernel. An ISO image may have both. */
static void decide(struct disk *disk, struct scan *scan, const struct volume *bare, bool iso)
{
    if (scan->table == TABLE_DOS && !scan->known && !iso &&
        (bare->type || (scan->count == 0 && is_kernel(disk)))) {
        while (scan->count)
            volume_free(&scan->volumes[--scan->count]);
        scan->table = TABLE_NONE;
        scan->partly = false;
    }
    disk->table = scan->table;
}

/* Whether the whole disk is a member of an md array. Such a one may begin with the table of what is
 * inside the array, which is nobody else's. */
static bool is_raid_member(const struct disk *disk, unsigned number, uint64_t *budget)
{
    struct source *source = source_of_range(disk->fd, number, disk->name, 0, disk->size, budget);
    auto_error struct error ignored = ERROR_INIT;
    struct md_super super;
    bool is = md_super_read(source, &super, &ignored) > 0;

    source_free(source);
    return is;
}

void disk_scan(struct disk *disk, unsigned number, struct guest *guest, struct problems *problems)
{
    struct scan *scan;
    bool iso = is_iso(disk);
    struct volume bare = {0};

    if (is_raid_member(disk, number, &guest->budget)) {
        bare = disk_volume(disk, number, 0, 0, disk->size, &guest->budget);
        add_volume(guest, &bare, disk, problems);
        return;
    }
    scan = scan_both(disk, number, &guest->budget);
    if (!is_convincing(scan) || iso)
        bare = disk_volume(disk, number, 0, 0, disk->size, &guest->budget);
    decide(disk, scan, &bare, iso);
    if (scan->refused && !bare.type)
        problems_add(problems,
                     "%s: its partition table is not read: it claims more than %d entries, or more "
                     "than %d logical partitions",
                     disk->name, DISK_GPT_ENTRIES_MAX, DISK_LOGICAL_MAX);
    if (scan->partly)
        problems_add(problems,
                     "%s: its partition table names partitions that are not all on the disk",
                     disk->name);
    if (disk->table == TABLE_NONE && !bare.type)
        replace_string(&bare.refusal, refused_table(disk));
    if (disk->table == TABLE_NONE || iso)
        add_volume(guest, &bare, disk, problems);
    for (size_t i = 0; i < scan->count; i++)
        add_volume(guest, &scan->volumes[i], disk, problems);
    volume_free(&bare);
    scan_free(scan);
}
