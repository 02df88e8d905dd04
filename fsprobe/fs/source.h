/* Where the bytes of a volume come from: a range of one disk, or what a volume manager makes out
 * of ranges of several. Filesystems know nothing else of disks.
 *
 * A source is read-only. What stands on a guest's disk decides where is read, so every read is
 * checked against the size, and charged to a budget that all sources of a guest share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_SOURCE_H
#define FSPROBE_FS_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

/* Bytes that all volumes and filesystems of a guest together may make us read, unpack or look at
 * again. */
#define SOURCE_BUDGET (UINT64_C(128) * 1024 * 1024)

struct source;
struct file_map;

/* One kind of source. AT and LENGTH are inside its size when these are called. */
struct source_ops {
    /* 0, or -1 with ERR: why, and on which disk. */
    int (*read)(struct source *source, uint64_t at, void *out, size_t length, struct error *err);
    /* Adds to MAP the runs of disks that hold LENGTH bytes from AT, for the bytes of a file from
     * FILE_AT on. 0, or -1 with ERR (a part is on a disk that is not there, or the map is full). */
    int (*map)(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
               struct file_map *map, struct error *err);
    void (*free)(struct source *source);
};

/* The first member of each kind's own struct. */
struct source {
    const struct source_ops *ops;
    uint64_t size;    /* bytes */
    uint64_t *budget; /* bytes that may still be read; shared, not owned */
    unsigned sector;  /* bytes, of what is a disc: by these its readers' sentences count; else 0 */
};

/* LENGTH bytes from AT into OUT. 0; or -1 with ERR, which says why and not for what: past the end
 * of the source, the budget is used up, or the disk cannot be read. */
int source_read(struct source *source, uint64_t at, void *out, size_t length,
                struct error *err) must_check;
/* As source_read(), for what source_charge() took off the budget before. */
int source_read_charged(struct source *source, uint64_t at, void *out, size_t length,
                        struct error *err) must_check;
/* Takes LENGTH bytes off the budget, for work that is not reading (unpacking, looking at the same
 * again). 0, or -1 with ERR when there are not so many left. */
int source_charge(struct source *source, uint64_t length, struct error *err) must_check;
/* As source_ops.map, with the bounds checked. */
int source_map(struct source *source, uint64_t at, uint64_t length, uint64_t file_at,
               struct file_map *map, struct error *err) must_check;
/* ERR becomes why LENGTH bytes at AT of the descriptor FD, which is called NAME, cannot be read,
 * with the place of the first that cannot; in sectors of SECTOR bytes, and with what to do about a
 * disc, where that is not 0. Reads up to that place again. Returns -1. */
int source_unreadable(int fd, uint64_t at, uint64_t length, const char *name, unsigned sector,
                      struct error *err);

/* NULL is allowed. */
void source_free(struct source *source);

/* SIZE bytes from OFFSET of the descriptor FD (not owned), which is the guest's disk number DISK
 * and is called NAME (not owned) in messages. The caller frees by source_free(). */
struct source *source_of_range(int fd, unsigned disk, const char *name, uint64_t offset,
                               uint64_t size, uint64_t *budget) must_check;

#endif
