/* A filesystem in memory, for tests that change some of it and then look at everything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_FS_DISK_H
#define TESTS_UNIT_FS_DISK_H

#include <endian.h>

#include "tests/unit/fs_tree.h"

#define NODES_MAX 400 /* that one look at a filesystem takes in */
#define DEPTH_MAX 6   /* a directory may be made to be in itself */

struct memory_source {
    struct source source;
    unsigned char *bytes;
};

static inline int memory_read(struct source *source, uint64_t at, void *out, size_t length,
                              struct error *err)
{
    (void)err;
    memcpy(out, ((struct memory_source *)source)->bytes + at, length);
    return 0;
}

static inline int memory_map(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
                             struct file_map *map, struct error *err)
{
    (void)source;
    const struct file_run run = {.at = file_at, .place = at, .length = length};
    return file_map_add(map, &run) ? 0 : error_set(err, ERROR_INTERNAL, "full");
}

static const struct source_ops memory_ops = {memory_read, memory_map, NULL};

struct disk {
    const struct filesystem *filesystem; /* that is tested */
    struct memory_source memory;
    const char *absent[8]; /* paths that are looked up, too */
    size_t size;
    uint64_t budget;
    /* of one look */
    struct volume volume;
    unsigned nodes;
    char *first_error; /* NULL: none */
};

static inline void note_error(struct disk *disk, struct error *err)
{
    assert_non_null(err->text);
    if (!disk->first_error)
        disk->first_error = xstrdup(err->text);
    error_clear(err);
}

static inline void look_at(struct disk *disk, const char *path, unsigned depth);

static inline void look_at_file(struct disk *disk, const char *path)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    auto_buffer struct buffer out = BUFFER_INIT(4096);
    auto_error struct error err = ERROR_INIT;
    uint64_t end = 0;

    if (disk->filesystem->map(&disk->volume, path, &map, &err) < 0)
        note_error(disk, &err);
    for (size_t i = 0; i < map.count; i++) {
        const struct file_run *run = &map.runs[i];
        assert_true(run->at >= end && run->length > 0 && run->length <= map.size);
        assert_true(run->place < disk->size && run->length <= disk->size - run->place);
        end = run->at + run->length;
        assert_true(end <= map.size);
    }
    if (disk->filesystem->read(&disk->volume, path, out.maximum, &out, NULL, &err) < 0)
        note_error(disk, &err);
}

struct look {
    struct disk *disk;
    const char *path;
    unsigned depth, number;
};

static inline bool look_below(void *context, const char *name)
{
    struct look *look = context;
    auto_free char *path = xasprintf("%s/%s", look->path, name);

    assert_true(strlen(name) > 0 && strlen(name) <= GUEST_NAME_MAX && !strchr(name, '/'));
    /* of many names, some */
    if (look->number++ < 9 || look->number % 64 == 0)
        look_at(look->disk, path, look->depth + 1);
    return look->disk->nodes < NODES_MAX;
}

static inline void look_at(struct disk *disk, const char *path, unsigned depth)
{
    auto_error struct error err = ERROR_INIT;
    struct look look = {disk, path, depth, 0};
    struct file_status status;
    int result = disk->filesystem->status(&disk->volume, path, &status, &err);

    disk->nodes++;
    if (result < 0)
        note_error(disk, &err);
    if (result <= 0)
        return;
    if (status.regular)
        look_at_file(disk, path);
    else if (status.directory && depth < DEPTH_MAX &&
             disk->filesystem->list(&disk->volume, path, look_below, &look, &err) < 0)
        note_error(disk, &err);
}

/* Opens it and looks at everything. The first error, which stays the disk's; NULL: none. */
static const char *look(struct disk *disk)
{
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;

    replace_string(&disk->first_error, NULL);
    disk->budget = BUDGET;
    disk->nodes = 0;
    disk->memory.source =
        (struct source){.ops = &memory_ops, .size = disk->size, .budget = &disk->budget};
    disk->volume = (struct volume){
        .where = (char *)"the image", .source = &disk->memory.source, .size = disk->size};
    if (disk->filesystem->open(NULL, &disk->volume, &note, &err) < 0) {
        assert_null(disk->volume.filesystem);
        note_error(disk, &err);
        return disk->first_error;
    }
    look_at(disk, "", 0);
    for (size_t i = 0; i < ARRAY_SIZE(disk->absent) && disk->absent[i]; i++)
        look_at(disk, disk->absent[i], DEPTH_MAX);
    disk->filesystem->close(&disk->volume);
    return disk->first_error;
}

/* The file "image" becomes the disk's bytes, which end_disk() frees. */
static inline void load_disk(struct disk *disk, const struct filesystem *filesystem)
{
    auto_fd int fd = open("image", O_RDONLY | O_CLOEXEC);
    struct stat status;

    assert_int_equal(fstat(fd, &status), 0);
    disk->filesystem = filesystem;
    disk->size = (size_t)status.st_size;
    disk->memory.bytes = xmalloc(disk->size);
    assert_int_equal(pread_all(fd, disk->memory.bytes, disk->size, 0), disk->size);
}

static inline void end_disk(struct disk *disk)
{
    free(disk->memory.bytes);
    free(disk->first_error);
}

/* Numbers of WIDTH bytes, big-endian. */
static inline void set_field(unsigned char *at, unsigned width, uint64_t value)
{
    value = htobe64(value << (64 - 8 * width));
    memcpy(at, &value, width);
}

static inline uint64_t field(const unsigned char *at, unsigned width)
{
    uint64_t value = 0;

    memcpy(&value, at, width);
    return be64toh(value) >> (64 - 8 * width);
}

static inline uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

#endif
