/* The list of a file's runs. See file_map.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/file_map.h"

#include <stdlib.h>

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

void file_map_free(struct file_map *map)
{
    free(map->runs);
    free(map->bytes);
    *map = FILE_MAP_INIT;
}
