/* The list of a file's runs. See file_map.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/file_map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 16

static bool goes_on(const struct file_run *last, const struct file_run *run)
{
    return !run->escaped && !run->packing && !last->packing && last->disk == run->disk &&
           last->at + last->length == run->at && last->place + last->length == run->place;
}

bool file_map_add(struct file_map *map, const struct file_run *run)
{
    if (run->length == 0)
        return true;
    if (map->count && goes_on(&map->runs[map->count - 1], run)) {
        map->runs[map->count - 1].length += run->length;
        return true;
    }
    if (map->count == FILE_RUNS_MAX)
        return false;
    /* The room doubles whenever the count has come to a power of two. */
    if (map->count == 0 || (map->count >= FIRST_ROOM && (map->count & (map->count - 1)) == 0))
        map->runs =
            xreallocarray(map->runs, map->count ? 2 * map->count : FIRST_ROOM, sizeof *map->runs);
    map->runs[map->count++] = *run;
    return true;
}

/* What RUN has of the bytes from BEGIN up to END, where it has any. */
static bool cut_run(struct file_run *run, uint64_t begin, uint64_t end)
{
    uint64_t skip = begin > run->at ? begin - run->at : 0;

    if (skip && run->escaped && skip < sizeof FILE_ESCAPED - 1)
        return false;
    if (run->at + run->length > end)
        run->length = end - run->at;
    run->length -= skip;
    if (run->packing == FILE_PLAIN)
        run->place += skip;
    else
        run->skip += (uint32_t)skip; /* less than FILE_PACKED_MAX */
    if (skip)
        run->escaped = false;
    run->at = run->at + skip - begin;
    return true;
}

bool file_map_cut(struct file_map *map, uint64_t begin, uint64_t length)
{
    uint64_t end = begin + length;
    size_t kept = 0;

    if (map->bytes)
        memmove(map->bytes, map->bytes + begin, (size_t)length);
    for (size_t i = 0; i < map->count; i++) {
        struct file_run run = map->runs[i];
        if (run.at >= end || run.at + run.length <= begin)
            continue;
        if (!cut_run(&run, begin, end))
            return false;
        map->runs[kept++] = run;
    }
    map->count = kept;
    map->size = length;
    return true;
}

void file_map_free(struct file_map *map)
{
    free(map->runs);
    free(map->bytes);
    *map = FILE_MAP_INIT;
}
