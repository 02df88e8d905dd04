/* One file of an NFS server, read by several requests at once. Private to this folder.
 *
 * With version 4, libnfs 4.0 reads the target of a symbolic link past its end, for it takes what
 * has no NUL for a string. So each part of a path is looked at first, and a link is refused; with
 * version 3 links are followed, inside of the export. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NFS_FILE_H
#define LOADER_FETCH_NFS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/fetch/nfs/mount.h"
#include "loader/fetch/source/transfer.h"

/* Requests on their way, and the bytes that each asks for at most. */
#define NFS_READS     4
#define NFS_READ_SIZE (256 * 1024)

enum nfs_stage {
    NFS_STAGE_MOUNT, /* waits for the mount */
    NFS_STAGE_WALK,  /* looks for links on the way */
    NFS_STAGE_OPEN,
    NFS_STAGE_LOOK,
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
    struct nfs_mount *mount;
    char *path; /* on the server, below what is mounted */
    enum nfs_stage stage;
    size_t walked; /* bytes of the path that are no link */
    struct nfsfh *handle;
    uint64_t time, time_ns; /* of its last change, as it was at first */
    uint64_t asked;         /* bytes that requests have been made for */
    struct nfs_read reads[NFS_READS];
    unsigned first;      /* of the reads, the one whose turn it is */
    unsigned read_count; /* those on their way or here, from the first on */
    unsigned pending;    /* callbacks that are still to come */
    int broken;          /* a request failed for what may be the connection's end: its number */
    bool stopped;        /* nobody waits for it: the last callback frees it */
};

/* Starts the file PATH (raw bytes) below what MOUNT has. */
struct nfs_file *nfs_file_start(struct nfs_mount *mount, const struct source_settings *settings,
                                const char *url, const char *path,
                                const struct transfer_spec *spec);
/* Ends it, whatever its state. */
void nfs_file_stop(struct nfs_file *file);

/* Makes the requests that can be made now: to be called after callbacks have run. */
void nfs_file_move(struct nfs_file *file);

/* As transfer_until_late(). */
int64_t nfs_file_until_late(struct nfs_file *file, bool work, int64_t now,
                            int64_t deadline) must_check;

#endif
