/* Bytes of one file of an NFS server on their way, read by several requests at once: all of the
 * file, or pieces of it. Private to this folder and to who reads inside of such a file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NFS_FILE_H
#define LOADER_FETCH_NFS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/fetch/nfs/handle.h"
#include "loader/fetch/source/transfer.h"

/* Requests on their way, and the bytes that each asks for at most. */
#define NFS_READS     4
#define NFS_READ_SIZE (256 * 1024)

/* LENGTH bytes of the file from PLACE on. */
struct nfs_piece {
    uint64_t place, length;
};

enum nfs_stage {
    NFS_STAGE_WAIT, /* for the handle */
    NFS_STAGE_READ,
    NFS_STAGE_LOOK_AGAIN,
    NFS_STAGE_END,
};

struct nfs_read {
    struct nfs_file *file;
    uint64_t offset;
    size_t length, filled; /* bytes that are asked for, and that are here */
    unsigned char *bytes;  /* of those that came before their turn */
};

/* Must not move. */
struct nfs_file {
    struct transfer base; /* what others see; it stands first */
    struct nfs_handle *handle;
    bool own_handle;          /* it is dropped with the file */
    struct nfs_piece *pieces; /* in the order in which they are handed over; owned; NULL: all */
    size_t piece_count;
    bool passing; /* nobody looks again whether the file is still the same */
    enum nfs_stage stage;
    unsigned connection; /* of the mount, which requests go by */
    unsigned signs;      /* of the handle, that were seen */
    uint64_t asked;      /* bytes that requests have been made for */
    struct nfs_read reads[NFS_READS];
    unsigned first;      /* of the reads, the one whose turn it is */
    unsigned read_count; /* those on their way or here, from the first on */
    unsigned pending;    /* callbacks that are still to come */
    int broken;          /* a request failed for what may be the connection's end: its number */
    bool stopped;        /* nobody waits for it: the last callback frees it */
};

/* Starts the file PATH (raw bytes) below what MOUNT has, all of it. */
struct nfs_file *nfs_file_start(struct nfs_mount *mount, const struct source_settings *settings,
                                const char *url, const char *path,
                                const struct transfer_spec *spec) must_check;
/* Starts COUNT pieces of what HANDLE has, which outlives its requests, behind each other; they may
 * be none. PASSING: the same bytes will be judged by who reads on. PIECES are copied. */
struct nfs_file *nfs_file_start_pieces(struct nfs_handle *handle,
                                       const struct source_settings *settings, const char *url,
                                       const struct nfs_piece *pieces, size_t count, bool passing,
                                       const struct transfer_spec *spec) must_check;
/* Ends it, whatever its state. */
void nfs_file_stop(struct nfs_file *file);

/* Makes the requests that can be made now: to be called after callbacks have run. */
void nfs_file_move(struct nfs_file *file);

/* As transfer_until_late(). */
int64_t nfs_file_until_late(struct nfs_file *file, bool work, int64_t now,
                            int64_t deadline) must_check;

#endif
