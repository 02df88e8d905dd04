/* All of a filesystem, for fuzz targets: names are listed, files mapped and read, and what is
 * answered is inside the disk. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FUZZ_WALK_H
#define TESTS_FUZZ_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/memory.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/filesystem.h"
#include "fsprobe/fs/source.h"

#define WALK_BUDGET (16 * 1024 * 1024)
#define NODES_MAX   60
#define DEPTH_MAX   5

/* A source whose bytes are the disk's own. */
static inline int walk_map(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                           struct file_map *map, struct error *err)
{
    const struct file_run run = {.at = file_at, .place = at, .length = length};

    (void)source;
    return file_map_add(map, &run) ? 0 : error_set(err, ERROR_INTERNAL, "full");
}

struct walk {
    struct volume *volume;
    const char *path;
    unsigned depth, *nodes, number;
};

static inline void walk_node(struct volume *volume, const char *path, unsigned depth,
                             unsigned *nodes);

static inline bool walk_below(void *context, const char *name)
{
    struct walk *walk = context;
    auto_free char *path = xasprintf("%s/%s", walk->path, name);

    /* of many names, some */
    if (walk->number++ < 4 || walk->number % 64 == 0)
        walk_node(walk->volume, path, walk->depth + 1, walk->nodes);
    return *walk->nodes < NODES_MAX;
}

static inline void check_map(struct volume *volume, const char *path)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_buffer struct buffer out = BUFFER_INIT(8192);
    auto_error struct error err = ERROR_INIT;
    uint64_t end = 0;

    if (volume->filesystem->map(volume, path, &map, &err) == 1)
        for (size_t i = 0; i < map.count; i++) {
            const struct file_run *run = &map.runs[i];
            if (run->at < end || run->length == 0 || run->length > map.size - run->at ||
                run->place > volume->size || run->length > volume->size - run->place)
                abort();
            end = run->at + run->length;
        }
    if (volume->filesystem->read(volume, path, 8192, &out, NULL, &err) < 0 && !err.text)
        abort();
}

static inline void walk_node(struct volume *volume, const char *path, unsigned depth,
                             unsigned *nodes)
{
    auto_error struct error err = ERROR_INIT;
    struct walk walk = {volume, path, depth, nodes, 0};
    struct file_status status;

    ++*nodes;
    if (volume->filesystem->status(volume, path, &status, &err) <= 0)
        return;
    if (status.regular)
        check_map(volume, path);
    else if (status.directory && depth < DEPTH_MAX &&
             volume->filesystem->list(volume, path, walk_below, &walk, &err) < 0 && !err.text)
        abort();
}

/* Opens VOLUME (source, size) by FILESYSTEM and looks at what it holds. */
static inline void walk_volume(struct volume *volume, const struct filesystem *filesystem)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;
    unsigned nodes = 0;

    volume->where = (char *)"the disk";
    if (filesystem->open(NULL, volume, &note, &err) < 0) {
        if (!err.text)
            abort();
        return;
    }
    walk_node(volume, "", 0, &nodes);
    filesystem->close(volume);
}

#endif
