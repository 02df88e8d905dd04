/* Reading through sources, and the one that is a range of a disk. See source.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/source.h"

#include <errno.h>
#include <stdlib.h>

#include "common/io.h"
#include "fsprobe/fs/file_map.h"

static int check_bounds(const struct source *source, uint64_t at, uint64_t length,
                        struct error *err)
{
    if (at > source->size || length > source->size - at)
        return error_set(err, ERROR_INTERNAL,
                         "byte %llu is past the end of the volume, which has %llu bytes",
                         (unsigned long long)(at > source->size ? at : source->size),
                         (unsigned long long)source->size);
    return 0;
}

int source_charge(struct source *source, uint64_t length, struct error *err)
{
    if (*source->budget < length) {
        *source->budget = 0;
        return error_set(err, ERROR_INTERNAL,
                         "too much would have to be read; is the filesystem damaged?");
    }
    *source->budget -= length;
    return 0;
}

int source_read(struct source *source, uint64_t at, void *out, size_t length, struct error *err)
{
    if (check_bounds(source, at, length, err) < 0 || source_charge(source, length, err) < 0)
        return -1;
    return length ? source->ops->read(source, at, out, length, err) : 0;
}

int source_read_charged(struct source *source, uint64_t at, void *out, size_t length,
                        struct error *err)
{
    if (check_bounds(source, at, length, err) < 0)
        return -1;
    return length ? source->ops->read(source, at, out, length, err) : 0;
}

int source_map(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
               struct file_map *map, struct error *err)
{
    if (check_bounds(source, at, length, err) < 0)
        return -1;
    return length ? source->ops->map(source, at, length, file_at, map, err) : 0;
}

void source_free(struct source *source)
{
    if (source)
        source->ops->free(source);
}

/* No disk has smaller sectors. Bytes. */
#define SECTOR_MIN 512
#define SECTOR_MAX 4096

/* Where the first of the bytes is that cannot be read; errno says why not. */
static uint64_t find_bad(int fd, uint64_t at, uint64_t length, unsigned sector)
{
    unsigned char bytes[SECTOR_MAX];
    uint64_t end = at + length;

    for (uint64_t here = at; here < end; here += sector - here % sector) {
        errno = EIO;
        ssize_t count = pread_all(fd, bytes, sector - here % sector, (off_t)here);
        if (count < 0)
            return here;
    }
    return at;
}

int source_unreadable(int fd, uint64_t at, uint64_t length, const char *name, unsigned sector,
                      struct error *err)
{
    unsigned step = sector && sector <= SECTOR_MAX ? sector : SECTOR_MIN;
    unsigned long long bad = find_bad(fd, at, length, step);

    if (!sector)
        return error_set_errno(err, ERROR_INTERNAL, "byte %llu of %s cannot be read", bad, name);
    error_set_errno(err, ERROR_INTERNAL, "sector %llu of %s (of %u bytes each) cannot be read",
                    bad / sector, name, sector);
    return error_hint(err, "the disc is scratched or dirty, or the drive is at its end: clean the "
                           "disc, or copy it to an image by another drive");
}

struct range_source {
    struct source source;
    int fd;
    unsigned disk;
    const char *name;
    uint64_t offset; /* bytes into the disk */
};

static int range_source_read(struct source *source, uint64_t at, void *out, size_t length,
                             struct error *err)
{
    const struct range_source *range = (struct range_source *)source;
    ssize_t count = pread_all(range->fd, out, length, (off_t)(range->offset + at));

    if (count < 0)
        return source_unreadable(range->fd, range->offset + at, length, range->name, source->sector,
                                 err);
    if ((size_t)count < length)
        return error_set(err, ERROR_INTERNAL, "%s ends at byte %llu", range->name,
                         (unsigned long long)range->offset + at + (size_t)count);
    return 0;
}

static int range_source_map(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                            struct file_map *map, struct error *err)
{
    const struct range_source *range = (struct range_source *)source;
    const struct file_run run = {
        .at = file_at, .disk = range->disk, .place = range->offset + at, .length = length};

    if (!file_map_add(map, &run))
        return error_set(err, ERROR_INTERNAL, "it is in more than %d pieces", FILE_RUNS_MAX);
    return 0;
}

static void range_source_free(struct source *source)
{
    free(source);
}

struct source *source_of_range(int fd, unsigned disk, const char *name, uint64_t offset,
                               uint64_t size, uint64_t *budget)
{
    static const struct source_ops ops = {range_source_read, range_source_map, range_source_free};
    struct range_source *range = xcalloc(1, sizeof *range);

    *range = (struct range_source){.source = {.ops = &ops, .size = size, .budget = budget},
                                   .fd = fd,
                                   .disk = disk,
                                   .name = name,
                                   .offset = offset};
    return &range->source;
}
