/* Kernel and ramdisks to their files. See copy.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/copy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/protocol/fsprobe.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/source.h"
#include "fsprobe/range.h"

/* One output and what comes into it. */
struct job {
    const struct copy_place *place;
    struct range_watch *watch;
    const char *kind; /* "kernel" */
    const struct boot_file *files;
    size_t count;
    uint64_t max; /* bytes */
    int to;
    /* As plan() finds them; in bytes. */
    uint64_t begin[MENU_RAMDISKS_MAX], size[MENU_RAMDISKS_MAX], total;
};

static const char *where_of(const struct job *job, const struct boot_file *file)
{
    return job->place->guest->volumes[file->volume].where;
}

static int refuse(const struct job *job, const struct boot_file *file, struct error *err,
                  const char *why)
{
    return error_set(err, ERROR_INVALID_SOURCE, "cannot copy the %s %s out of %s: %s", job->kind,
                     file->path, where_of(job, file), why);
}

static int too_large(const struct job *job, const struct boot_file *file, uint64_t size,
                     struct error *err)
{
    char limit[TEXT_SIZE_LENGTH];

    return error_set(
        err, ERROR_LIMITS, "the %s %s in %s is too large: %s%llu bytes, and the limit is %llu (%s)",
        job->kind, file->path, where_of(job, file), job->count > 1 ? "with those before it " : "",
        (unsigned long long)size, (unsigned long long)job->max, text_from_size(job->max, limit));
}

static uint64_t aligned(uint64_t size)
{
    return (size + COPY_ALIGNMENT - 1) / COPY_ALIGNMENT * COPY_ALIGNMENT;
}

/* Where each file begins in the output. 0; or -1 with ERR when one is not there, or they are too
 * large together. */
static int plan(struct job *job, struct error *err)
{
    for (size_t i = 0; i < job->count; i++) {
        const struct boot_file *file = &job->files[i];
        uint64_t begin = aligned(job->total), end;
        struct file_status status;
        int result = boot_file_status(job->place->guest, file, &status, err);

        if (result < 0)
            return -1;
        if (result == 0 || !status.regular)
            return refuse(job, file, err,
                          result == 0 ? "it is not there" : "it is not a regular file");
        if (__builtin_add_overflow(begin, status.size, &end))
            end = UINT64_MAX;
        if (end > job->max)
            return too_large(job, file, end, err);
        job->begin[i] = begin;
        job->size[i] = status.size;
        job->total = end;
    }
    return 0;
}

/* One file on its way: a copier for each disk that it has runs on. */
struct file_copy {
    const struct job *job;
    struct volume *volume;
    uint64_t begin; /* of the file in the output */
    struct range_copier copiers[GUEST_DISKS_MAX];
    bool started[GUEST_DISKS_MAX];
    unsigned char *unpacked; /* FILE_PACKED_MAX bytes, when they were needed; owned */
};

static void file_copy_free(struct file_copy *copy)
{
    for (size_t i = 0; i < ARRAY_SIZE(copy->copiers); i++)
        range_free(&copy->copiers[i]);
    free(copy->unpacked);
}

static int copy_plain(struct file_copy *copy, const struct file_run *run, struct error *err)
{
    const struct copy_place *place = copy->job->place;
    uint64_t mark = run->length < sizeof FILE_ESCAPED - 1 ? run->length : sizeof FILE_ESCAPED - 1;

    if (run->disk >= place->guest->disk_count)
        return error_set(err, ERROR_INTERNAL, "a part of it is on no disk of the guest");
    struct range_copier *copier = &copy->copiers[run->disk];
    if (!copy->started[run->disk]) {
        copy->started[run->disk] = true;
        const struct source *source = copy->volume->source;
        *copier = (struct range_copier){.from = place->disks[run->disk],
                                        .to = copy->job->to,
                                        .watch = copy->job->watch,
                                        .sector = source ? source->sector : 0};
        /* Larger pieces are read ahead; whether that is done is no matter. */
        (void)posix_fadvise(copier->from, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    if (range_copy(copier, run->place, copy->begin + run->at, run->length, err) < 0)
        return -1;
    return run->escaped ? range_put(copier, FILE_ESCAPED, copy->begin + run->at, mark, err) : 0;
}

/* What the disk holds of such a run is not the file's bytes: its filesystem makes them. */
static int copy_packed(struct file_copy *copy, const struct file_run *run, struct error *err)
{
    const struct filesystem *filesystem = copy->volume->filesystem;
    struct range_copier copier = {.to = copy->job->to, .watch = copy->job->watch};

    if (!filesystem->unpack || run->length > FILE_PACKED_MAX)
        return error_set(err, ERROR_INTERNAL, "a packed piece of it has more than %d bytes",
                         FILE_PACKED_MAX);
    if (!copy->unpacked)
        copy->unpacked = xmalloc(FILE_PACKED_MAX);
    if (filesystem->unpack(copy->volume, run, copy->unpacked, err) < 0)
        return -1;
    return range_put(&copier, copy->unpacked, copy->begin + run->at, run->length, err);
}

static int copy_runs(struct file_copy *copy, const struct file_map *map, struct error *err)
{
    struct range_copier copier = {.to = copy->job->to, .watch = copy->job->watch};

    if (map->bytes)
        return range_put(&copier, map->bytes, copy->begin, map->size, err);
    for (size_t i = 0; i < map->count; i++) {
        const struct file_run *run = &map->runs[i];
        if ((run->packing == FILE_PLAIN ? copy_plain(copy, run, err)
                                        : copy_packed(copy, run, err)) < 0)
            return -1;
    }
    return 0;
}

static int copy_file(const struct job *job, size_t index, struct error *err)
{
    const struct boot_file *file = &job->files[index];
    struct guest *guest = job->place->guest;
    auto_file_map struct file_map map = FILE_MAP_INIT;
    struct file_copy copy = {
        .job = job, .volume = &guest->volumes[file->volume], .begin = job->begin[index]};
    int result = boot_file_map(guest, file, &map, err);

    if (result < 0)
        return -1;
    /* plan() saw another file: somebody writes to the disk */
    if (result == 0 || map.size != job->size[index])
        return refuse(job, file, err, "the disk was changed meanwhile");
    result = copy_runs(&copy, &map, err);
    file_copy_free(&copy);
    if (result < 0)
        return error_prefix(err, "cannot copy the %s %s out of %s", job->kind, file->path,
                            where_of(job, file));
    return 0;
}

static int copy_files(const struct job *job, struct error *err)
{
    for (size_t i = 0; i < job->count; i++)
        if (copy_file(job, i, err) < 0)
            return -1;
    /* A hole at the end was not written. */
    if (ftruncate(job->to, (off_t)job->total) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the copy of the %s on the host",
                               job->kind);
    return 0;
}

int copy_entry(const struct copy_place *place, const struct copy_request *request,
               const struct entry *entry, struct copied *copied, struct error *err)
{
    struct job jobs[] = {
        {.kind = "kernel", .files = &entry->kernel, .count = 1, .max = request->kernel_max},
        {.kind = "ramdisk",
         .files = entry->ramdisks,
         .count = entry->ramdisk_count,
         .max = request->ramdisk_max},
    };
    static const enum copy_kind kinds[] = {COPY_KERNEL, COPY_RAMDISK};
    struct range_watch watch = {.report = place->report};

    *copied = (struct copied){.done = false};
    /* Nothing is told of what is done in a moment. */
    if (!place->report->last_progress)
        place->report->last_progress = clock_ms();
    jobs[0].to = place->kernel;
    jobs[1].to = place->ramdisk;
    /* Both first: no time is spent on a kernel whose ramdisk will be refused. */
    for (size_t i = 0; i < 2 * ARRAY_SIZE(jobs); i++) {
        struct job *job = &jobs[i % 2];
        job->place = place;
        job->watch = &watch;
        copied->failed = kinds[i % 2];
        if ((i < ARRAY_SIZE(jobs) ? plan(job, err) : copy_files(job, err)) < 0)
            return -1;
        watch.total = jobs[0].total + jobs[1].total;
    }
    *copied = (struct copied){.done = true,
                              .has_ramdisk = jobs[1].total > 0,
                              .kernel = jobs[0].total,
                              .ramdisk = jobs[1].total};
    return 0;
}
