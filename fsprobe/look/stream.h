/* The bytes of a guest's file to a pipe.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_LOOK_STREAM_H
#define FSPROBE_LOOK_STREAM_H

#include "common/error.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/fs/guest.h"

/* Where to; starts with descriptors that stay the caller's, and zeros. */
struct stream {
    int to;
    const int *disks; /* by the guest's number of the disk */
    unsigned disk_count;
    bool stopped;          /* nobody reads it any more: what is left was not written */
    uint64_t done;         /* bytes that were written */
    unsigned char *buffer; /* owned */
};

/* Writes the file of VOLUME that MAP is of, holes as zeros. 0; or -1 with ERR, without any name. */
int stream_file(struct stream *stream, struct volume *volume, const struct file_map *map,
                struct error *err) must_check;
void stream_free(struct stream *stream);
#define auto_stream __attribute__((cleanup(stream_free)))

#endif
