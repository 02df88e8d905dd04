/* Walking over a Btrfs. See btrfs_walk.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/btrfs_walk.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/crc32c.h"
#include "fsprobe/fs/btrfs/btrfs.h"
#include "fsprobe/fs/btrfs/subvolume.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/source.h"

#define NAMES_MAX 200
#define DEPTH_MAX 6
#define READ_MAX  (300 * 1024)
/* Bytes of memory that one run may be said to need. */
#define RUNS_MAX 100000

struct memory_source {
    struct source source;
    const unsigned char *bytes;
    unsigned disk;
};

static int read_memory(struct source *source, uint64_t at, void *out, size_t length,
                       struct error *err)
{
    (void)err;
    memcpy(out, ((struct memory_source *)source)->bytes + at, length);
    return 0;
}

static int map_memory(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                      struct file_map *map, struct error *err)
{
    const struct file_run run = {.at = file_at,
                                 .place = at,
                                 .length = length,
                                 .disk = ((struct memory_source *)source)->disk};

    return file_map_add(map, &run) ? 0 : error_set(err, ERROR_INTERNAL, "too many pieces");
}

static void free_memory(struct source *source)
{
    free(source);
}

static const struct source_ops memory_ops = {read_memory, map_memory, free_memory};

struct walk {
    struct volume *volume;
    const struct btrfs_memory *devices;
    struct btrfs_walked walked;
    char *path; /* GUEST_PATH_MAX and more */
    unsigned depth, listed;
};

static void require(bool rule)
{
    if (!rule)
        abort();
}

/* A result of any function of `struct filesystem`: a failure has a sentence, nothing else has. */
static bool check(struct walk *walk, int result, const struct error *err)
{
    require(result >= -1 && result <= 1);
    require((result < 0) == (err->text != NULL));
    walk->walked.failures += result < 0;
    return result == 1;
}

static void check_run(struct walk *walk, const struct file_run *run)
{
    auto_error struct error err = ERROR_INIT;
    auto_free unsigned char *out = NULL;

    if (run->packing == FILE_PLAIN) {
        require(run->disk < BTRFS_WALK_DEVICES && walk->devices[run->disk].bytes);
        require(run->place <= walk->devices[run->disk].size &&
                run->length <= walk->devices[run->disk].size - run->place);
        return;
    }
    require(run->length <= FILE_PACKED_MAX && run->packed_length <= FILE_PACKED_MAX);
    out = xmalloc(run->length);
    int result = walk->volume->filesystem->unpack(walk->volume, run, out, &err);
    check(walk, result < 0 ? -1 : 1, &err);
}

static void check_map(struct walk *walk)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_error struct error err = ERROR_INIT;
    uint64_t behind = 0;

    if (!check(walk, walk->volume->filesystem->map(walk->volume, walk->path, &map, &err), &err))
        return;
    require(map.count <= RUNS_MAX && (!map.bytes || map.count == 0));
    for (size_t i = 0; i < map.count; i++) {
        const struct file_run *run = &map.runs[i];
        require(run->length && run->at >= behind && run->length <= map.size - run->at);
        behind = run->at + run->length;
        check_run(walk, run);
    }
}

static void check_file(struct walk *walk)
{
    auto_buffer struct buffer out = BUFFER_INIT(READ_MAX);
    auto_error struct error err = ERROR_INIT;
    int result =
        walk->volume->filesystem->read(walk->volume, walk->path, READ_MAX, &out, NULL, &err);

    walk->walked.files++;
    if (check(walk, result, &err))
        walk->walked.bytes += out.length;
    check_map(walk);
}

static void check_path(struct walk *walk);

static bool check_name(void *context, const char *name)
{
    struct walk *walk = context;
    size_t length = strlen(walk->path);

    require(*name && strlen(name) <= GUEST_NAME_MAX && !strchr(name, '/'));
    walk->path[length] = '/';
    strcpy(walk->path + length + 1, name);
    check_path(walk);
    walk->path[length] = '\0';
    return ++walk->walked.names < NAMES_MAX;
}

static void check_path(struct walk *walk)
{
    auto_error struct error err = ERROR_INIT;
    struct file_status status;
    const struct filesystem *filesystem = walk->volume->filesystem;

    if (!check(walk, filesystem->status(walk->volume, walk->path, &status, &err), &err))
        return;
    if (status.regular)
        check_file(walk);
    if (!status.directory || walk->depth == DEPTH_MAX)
        return;
    walk->depth++;
    check(walk, filesystem->list(walk->volume, walk->path, check_name, walk, &err), &err);
    walk->depth--;
}

static bool check_subvolume(void *context, const struct subvolume *subvolume)
{
    struct walk *walk = context;

    require(strlen(subvolume->path) <= GUEST_PATH_MAX);
    require((subvolume->id == 5) == (*subvolume->path == '\0'));
    return ++walk->listed < BTRFS_LISTED_MAX + 1;
}

static void check_subvolumes(struct walk *walk)
{
    static const uint64_t ids[] = {0, 5, 256, 257, 258, UINT64_MAX};

    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        auto_buffer struct buffer out = BUFFER_INIT(GUEST_PATH_MAX);
        auto_error struct error err = ERROR_INIT;
        check(walk, walk->volume->filesystem->subvolume(walk->volume, ids[i], &out, &err), &err);
    }
    auto_error struct error err = ERROR_INIT;
    check(walk, walk->volume->filesystem->subvolumes(walk->volume, check_subvolume, walk, &err),
          &err);
    require(walk->listed <= BTRFS_LISTED_MAX + 1);
}

static void attach(struct guest *guest, const struct btrfs_memory *devices, uint64_t *budget)
{
    static char where[] = "disk", type[] = "btrfs";

    for (unsigned i = 0; i < BTRFS_WALK_DEVICES; i++) {
        struct memory_source *source = xcalloc(1, sizeof *source);
        *source = (struct memory_source){
            {.ops = &memory_ops, .size = devices[i].bytes ? devices[i].size : 0, .budget = budget},
            devices[i].bytes,
            i};
        guest->volumes[i] =
            (struct volume){.disk = i, .where = where, .type = type, .source = &source->source};
        guest->volume_count++;
    }
}

struct btrfs_walked btrfs_walk(const struct btrfs_memory devices[BTRFS_WALK_DEVICES])
{
    auto_free struct guest *guest = xcalloc(1, sizeof *guest);
    auto_free char *path = xcalloc(1, 2 * GUEST_PATH_MAX), *note = NULL;
    auto_error struct error err = ERROR_INIT;
    uint64_t budget = BTRFS_WALK_BUDGET;
    struct walk walk = {.volume = &guest->volumes[0], .devices = devices, .path = path};

    attach(guest, devices, &budget);
    int result = btrfs_filesystem.open(guest, walk.volume, &note, &err);
    require((result < 0) == (err.text != NULL) && (result < 0) == !walk.volume->filesystem);
    if (result == 0) {
        walk.walked.opened = 1;
        check_subvolumes(&walk);
        check_path(&walk);
        btrfs_filesystem.close(walk.volume);
    }
    require(budget <= BTRFS_WALK_BUDGET);
    for (unsigned i = 0; i < BTRFS_WALK_DEVICES; i++)
        source_free(guest->volumes[i].source);
    return walk.walked;
}

void btrfs_mend(unsigned char *bytes, size_t size)
{
    uint32_t crc = htole32(~crc32c(~0u, bytes + 32, size - 32));

    memset(bytes, 0, 32);
    memcpy(bytes, &crc, sizeof crc);
}
