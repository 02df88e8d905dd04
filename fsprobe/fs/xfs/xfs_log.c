/* The log is a ring of sectors. Each begins with the number of the round in which it was written,
 * a record's header with a magic number and then the round. Where the round is one less than that
 * of the first sector is the end of what was written last. See xfs_log.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/xfs/xfs_log.h"

#include "common/bytes.h"
#include "fsprobe/fs/source.h"
#include "fsprobe/fs/xfs/xfs_block.h"

#define SECTOR     512
#define MAGIC      0xfeedbabe
#define AHEAD      8     /* sectors that are read at once on the way back */
#define CYCLES_FOR 32768 /* bytes of a record that one sector of its header serves */

/* Of a record's header. */
enum { CYCLE_AT = 4, VERSION_AT = 8, LENGTH_AT = 12, OPERATIONS_AT = 40, SIZE_AT = 320 };
/* Of an operation, behind the header. */
#define FLAGS_AT     9
#define FLAG_UNMOUNT 0x20

struct log {
    struct xfs *xfs;
    uint64_t place; /* bytes into the volume */
    uint64_t count; /* sectors */
    uint64_t head;  /* the sector behind the last that was written; 1 to COUNT */
};

/* COUNT sectors from NUMBER on, which do not go past the end of the log. */
static int read_sectors(const struct log *log, uint64_t number, unsigned count,
                        unsigned char *bytes, struct error *err)
{
    return source_read(log->xfs->nodes.source, log->place + number * SECTOR, bytes,
                       (size_t)count * SECTOR, err);
}

static int cycle_of(const struct log *log, uint64_t number, uint32_t *cycle, struct error *err)
{
    unsigned char bytes[SECTOR];

    if (read_sectors(log, number, 1, bytes, err) < 0)
        return -1;
    *cycle = get_be32(bytes);
    if (*cycle == MAGIC)
        *cycle = get_be32(bytes + CYCLE_AT);
    return 0;
}

static int find_head(struct log *log, struct error *err)
{
    uint64_t low = 1, high = log->count - 1;
    uint32_t first, last, cycle;

    log->head = log->count;
    if (cycle_of(log, 0, &first, err) < 0 || cycle_of(log, high, &last, err) < 0)
        return -1;
    if (first == last)
        return 0;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (cycle_of(log, middle, &cycle, err) < 0)
            return -1;
        if (cycle == first)
            low = middle + 1;
        else
            high = middle;
    }
    log->head = low;
    return 0;
}

/* Whether the record whose header is BYTES, BACK sectors before the head, is an unmount's and ends
 * at the head. As xfs_log_clean(). */
static int is_unmount(const struct log *log, const unsigned char *bytes, unsigned back,
                      struct error *err)
{
    unsigned char operation[SECTOR];
    uint64_t headers = 1, length = get_be32(bytes + LENGTH_AT);

    if (get_be32(bytes + VERSION_AT) == 2 && get_be32(bytes + SIZE_AT) > CYCLES_FOR)
        headers = ((uint64_t)get_be32(bytes + SIZE_AT) + CYCLES_FOR - 1) / CYCLES_FOR;
    if (get_be32(bytes + OPERATIONS_AT) != 1 || headers >= back ||
        headers + (length + SECTOR - 1) / SECTOR != back)
        return 0;
    uint64_t number = (log->head + log->count - back + headers) % log->count;
    if (read_sectors(log, number, 1, operation, err) < 0)
        return -1;
    return (operation[FLAGS_AT] & FLAG_UNMOUNT) != 0;
}

/* Goes back to the header of the last record. As xfs_log_clean(). */
static int last_record(const struct log *log, struct error *err)
{
    unsigned char bytes[AHEAD * SECTOR];
    unsigned back = 0;

    while (back < XFS_LOG_RECORD_MAX && back < log->count) {
        /* sectors END - STEP to END, not across the beginning of the ring */
        uint64_t end = (log->head + log->count - back - 1) % log->count + 1;
        unsigned step = end < AHEAD ? (unsigned)end : AHEAD;
        if (read_sectors(log, end - step, step, bytes, err) < 0)
            return -1;
        for (unsigned i = step; i-- > 0;)
            if (get_be32(bytes + (size_t)i * SECTOR) == MAGIC)
                return is_unmount(log, bytes + (size_t)i * SECTOR, back + step - i, err);
        back += step;
    }
    return 0;
}

int xfs_log_clean(struct xfs *xfs, struct error *err)
{
    struct log log = {.xfs = xfs};

    if (xfs->log_start == 0)
        return error_set(err, ERROR_INTERNAL, "it is on another disk");
    if (!xfs_block_place(xfs, xfs->log_start, xfs->log_blocks, &log.place))
        return error_set(err, ERROR_INTERNAL, "it is outside the filesystem");
    log.count = ((uint64_t)xfs->log_blocks << xfs->block_log) / SECTOR;
    if (log.count < 2)
        return error_set(err, ERROR_INTERNAL, "it is too short");
    if (find_head(&log, err) < 0)
        return -1;
    return last_record(&log, err);
}
