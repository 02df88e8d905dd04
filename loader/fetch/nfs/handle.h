/* A file of an NFS server, from its name to what can be read, and what it was when it was first
 * looked at. Private to this folder and to who reads inside of such a file.
 *
 * A connection that ends takes what was opened with it: on the next one the file is opened again,
 * and must be the same by size and time of its last change.
 *
 * With version 4, libnfs 4.0 reads the target of a symbolic link past its end, for it takes what
 * has no NUL for a string. So each part of a path is looked at first, and a link is refused; with
 * version 3 links are followed, inside of the export. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NFS_HANDLE_H
#define LOADER_FETCH_NFS_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/fetch/nfs/mount.h"

enum nfs_handle_state {
    NFS_HANDLE_WAITS, /* for the mount, or for its turn to be opened */
    NFS_HANDLE_WALKS, /* looks for links on the way */
    NFS_HANDLE_OPENS,
    NFS_HANDLE_LOOKS,
    NFS_HANDLE_OPEN,
    NFS_HANDLE_MISSING, /* `absence` says how; it stays so */
    NFS_HANDLE_FAILED,  /* `err` says why; it stays so */
};

/* Must not move. */
struct nfs_handle {
    struct nfs_mount *mount;
    enum nfs_handle_state state;
    char *url;  /* for messages; owned */
    char *path; /* on the server, below what is mounted; owned */
    struct nfsfh *opened;
    unsigned connection;     /* of the mount, which it was opened by */
    bool known;              /* it has been looked at once; it was, then: */
    uint64_t size;           /* bytes */
    uint64_t time, time_ns;  /* of its last change */
    struct nfs_problem {     /* what a callback's number means */
        struct error err;    /* why it failed; empty where it is missing */
        bool withheld;       /* the server does not let us */
        const char *absence; /* how the server says that it is not there; not owned */
    } problem;
    unsigned signs;   /* answers that have come on the way: of the server's life */
    size_t walked;    /* bytes of the path that are no link */
    unsigned pending; /* callbacks that are still to come */
    int broken;       /* a request failed for what may be the connection's end: its number */
    bool dropped;     /* nobody waits for it: the last callback frees it */
};

/* The file PATH (raw bytes) below what MOUNT has, called URL in messages. */
struct nfs_handle *nfs_handle_new(struct nfs_mount *mount, const char *url,
                                  const char *path) must_check;
/* Ends it, whatever its state; no request of anybody else's may be on its way. NULL is allowed. */
void nfs_handle_drop(struct nfs_handle *handle);

/* Goes on with what can be done now: to be called after callbacks have run. */
void nfs_handle_move(struct nfs_handle *handle);

/* Whether STATUS is of the file that was first looked at. */
bool nfs_handle_is_same(const struct nfs_handle *handle,
                        const struct nfs_stat_64 *status) must_check;

/* A request for what is called URL was answered by NUMBER, which is negative: *PROBLEM becomes what
 * that means. */
void nfs_problem_set(struct nfs_problem *problem, const struct nfs_mount *mount, const char *url,
                     int number);
/* Whether NUMBER may mean that the connection has ended, which the mount knows when libnfs returns,
 * and tells better. */
bool nfs_may_be_broken(int number) must_check;

#endif
