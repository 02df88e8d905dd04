/* All volumes that disks in memory make, for damage tests and fuzz targets: each is read and
 * mapped, and what is mapped is inside the disks. And the checksums of what volumes are made from,
 * put right. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_VOLUMES_RUN_H
#define TESTS_UNIT_VOLUMES_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "fsprobe/disk/crc32.h"
#include "fsprobe/disk/layers.h"
#include "fsprobe/disk/signature.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/source.h"

#define RUN_BUDGET (8 * 1024 * 1024)
#define RUN_LOOK   4096        /* bytes that are read at the ends and in the middle */
#define RUN_MAP    (64 * 1024) /* bytes that are mapped there */

/* A disk whose first bytes are given, with zeros behind, and bytes at one other place. */
struct run_disk {
    struct source source;
    unsigned number;
    const unsigned char *bytes, *more;
    size_t length, more_length;
    uint64_t more_at;
};

static inline void run_copy(uint64_t at, unsigned char *out, size_t length, uint64_t from,
                            const unsigned char *bytes, size_t count)
{
    uint64_t begin = at > from ? at : from;
    uint64_t end = at + length < from + count ? at + length : from + count;

    if (begin < end)
        memcpy(out + (begin - at), bytes + (begin - from), (size_t)(end - begin));
}

static inline int run_read(struct source *source, uint64_t at, void *out, size_t length,
                           struct error *err)
{
    const struct run_disk *disk = (struct run_disk *)source;

    (void)err;
    memset(out, 0, length);
    run_copy(at, out, length, 0, disk->bytes, disk->length);
    run_copy(at, out, length, disk->more_at, disk->more, disk->more_length);
    return 0;
}

static inline int run_map(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                          struct file_map *map, struct error *err)
{
    const struct run_disk *disk = (struct run_disk *)source;
    const struct file_run run = {
        .at = file_at, .disk = disk->number, .place = at, .length = length};

    return file_map_add(map, &run) ? 0 : error_set(err, ERROR_INTERNAL, "full");
}

static inline void run_free(struct source *source)
{
    (void)source; /* the caller's */
}

/* LENGTH bytes of VOLUME from AT: each has one place, which is inside its disk. */
static inline void run_check_map(const struct volume *volume, uint64_t at, uint64_t length,
                                 const struct run_disk *disks, unsigned count)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_error struct error err = ERROR_INIT;
    uint64_t next = 0;

    if (source_map(volume->source, at, length, 0, &map, &err) < 0)
        return;
    for (size_t i = 0; i < map.count; i++) {
        const struct file_run *run = &map.runs[i];
        if (run->at != next || run->disk >= count || run->length == 0 ||
            run->place > disks[run->disk].source.size ||
            run->length > disks[run->disk].source.size - run->place)
            abort();
        next += run->length;
    }
    if (next != length)
        abort();
}

static inline void run_look(const struct volume *volume, const struct run_disk *disks,
                            unsigned count)
{
    const uint64_t size = volume->source->size;
    const uint64_t places[] = {0, size / 2, size > RUN_MAP ? size - RUN_MAP : 0};
    unsigned char bytes[RUN_LOOK];

    if (size != volume->size)
        abort();
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        auto_error struct error err = ERROR_INIT;
        uint64_t left = size - places[i];
        if (source_read(volume->source, places[i], bytes,
                        left < sizeof bytes ? (size_t)left : sizeof bytes, &err) < 0 &&
            !err.text)
            abort();
        run_check_map(volume, places[i], left < RUN_MAP ? left : RUN_MAP, disks, count);
    }
}

/* What DISKS make. How many volumes with bytes of their own are made of others. */
static inline size_t run_volumes(struct run_disk *disks, unsigned count)
{
    static const struct source_ops ops = {run_read, run_map, run_free};
    struct guest *guest = xcalloc(1, sizeof *guest);
    auto_problems struct problems problems = {.count = 0};
    size_t made = 0;

    guest->budget = RUN_BUDGET;
    guest->disk_count = count;
    for (unsigned i = 0; i < count; i++) {
        auto_error struct error err = ERROR_INIT;
        struct volume *volume = guest_add(guest);
        disks[i].source.ops = &ops;
        disks[i].source.budget = &guest->budget;
        disks[i].number = volume->disk = i;
        volume->placed = true;
        volume->size = disks[i].source.size;
        volume->where = xasprintf("disk %u", i);
        volume->source = &disks[i].source;
        (void)!signature_identify(volume, &err);
    }
    layers_find(guest, &problems);
    for (size_t i = 0; i < guest->volume_count; i++) {
        if (guest->volumes[i].source)
            run_look(&guest->volumes[i], disks, count);
        made += guest->volumes[i].kind != VOLUME_PLACE && guest->volumes[i].source;
    }
    while (guest->volume_count)
        volume_free(&guest->volumes[--guest->volume_count]);
    free(guest);
    return made;
}

static inline void run_put32(unsigned char *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

/* The superblock of md at BYTES, of version 1 with all its roles, or of 0.90. */
static inline void mend_md(unsigned char *bytes, bool old)
{
    size_t sum_at = old ? 152 : 216, length = old ? 4096 : 256 + 2 * (size_t)get_le32(bytes + 220);
    uint64_t sum = 0;

    if (length > 4096)
        length = 4096;
    for (size_t i = 0; i + 4 <= length; i += 4)
        sum += i == sum_at ? 0 : get_le32(bytes + i);
    if (length % 4)
        sum += get_le16(bytes + length - 2);
    run_put32(bytes + sum_at, (uint32_t)((sum & UINT32_MAX) + (sum >> 32)));
}

#define LVM_LABEL_AT 512
#define LVM_AREA_AT  4096

/* Label, metadata header and metadata in the first LENGTH bytes of a physical volume, where the
 * script lvm.py puts them. */
static inline void mend_lvm(unsigned char *bytes, size_t length)
{
    if (length < LVM_AREA_AT + 512)
        return;
    uint64_t at = LVM_AREA_AT + get_le64(bytes + LVM_AREA_AT + 40);
    uint64_t size = get_le64(bytes + LVM_AREA_AT + 48);
    run_put32(bytes + LVM_LABEL_AT + 16, crc32_update(0xf597a6cf, bytes + LVM_LABEL_AT + 20, 492));
    if (at <= length && size <= length - at)
        run_put32(bytes + LVM_AREA_AT + 56, crc32_update(0xf597a6cf, bytes + at, (size_t)size));
    run_put32(bytes + LVM_AREA_AT, crc32_update(0xf597a6cf, bytes + LVM_AREA_AT + 4, 508));
}

#endif
