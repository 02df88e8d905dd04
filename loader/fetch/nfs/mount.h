/* The way to an NFS server: its addresses and versions in turn, until one of them gives the export.
 *
 * Version 3 comes first, unless somebody says which: libnfs 4.0 calls its version 4 unfinished,
 * opens with it one file at a time, and must not be let near its symbolic links (file.h).
 *
 * A connection that ends is made again, to the same address in the same version, up to
 * FETCH_RESUMES_MAX times, each of which may take connect_timeout: a server that is started anew is
 * not there at once. libnfs could do that itself, but who reads would not know what became of the
 * file.
 *
 * libnfs makes the connections (and with version 3 asks the portmapper and the mount daemon for
 * ports), all to the one address that it is given: names are resolved here, once, so that no
 * answer of a name server moves the server while we talk to it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NFS_MOUNT_H
#define LOADER_FETCH_NFS_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include <nfsc/libnfs.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "loader/fetch/nfs/place.h"

/* Handles that wait to be closed. More are left to the end of the mount. */
#define NFS_CLOSING_MAX 16
/* Addresses of one server that are tried. */
#define NFS_ADDRESSES_MAX 4
#define NFS_ADDRESS_TEXT  64 /* bytes of one as text */

enum nfs_mount_state {
    NFS_IDLE,
    NFS_MOUNTING,
    NFS_MOUNTED,
    NFS_FAILED, /* `err` says why; it stays so */
};

/* Starts zeroed, with `place` and the times set. */
struct nfs_mount {
    const struct nfs_place *place;
    const char *shown;           /* the repository, for messages */
    struct report *report;       /* for notes */
    unsigned connect_timeout;    /* seconds, of each attempt */
    struct nfs_context *context; /* NULL: none */
    enum nfs_mount_state state;
    struct error err;
    char addresses[NFS_ADDRESSES_MAX][NFS_ADDRESS_TEXT];
    size_t address_count, address; /* the present one */
    unsigned version;              /* the present one */
    int64_t attempt_ends;          /* clock_ms() */
    /* An open or a close is on its way. libnfs has one owner of all that is open, whose requests
     * version 4 numbers: two at once get each other's numbers. */
    bool busy;
    struct nfsfh *closing[NFS_CLOSING_MAX];
    size_t closing_count;
    bool answered; /* the server has answered an attempt, by saying no */
    /* Number of the present connection, or of the last one that there was; 0: there was none. What
     * was opened by another is open no more. */
    unsigned connection;
    int64_t lost_at; /* clock_ms(): when that one ended */
};

/* Begins to mount, unless that has been done before. */
void nfs_mount_begin(struct nfs_mount *mount);
/* Lets libnfs do what can be done now; callbacks run. The end of a connection that cannot be made
 * again fails a mount. */
void nfs_mount_move(struct nfs_mount *mount);
/* The attempt may be over at NOW: the next one begins. */
void nfs_mount_look(struct nfs_mount *mount, int64_t now);
/* Waits until there is something to do, at most MS milliseconds. */
void nfs_mount_wait(struct nfs_mount *mount, int ms);
/* Closes HANDLE, once that can be done. */
void nfs_mount_close(struct nfs_mount *mount, struct nfsfh *handle);
/* Ends all, whatever runs: callbacks that were waited for run, with an error. */
void nfs_mount_end(struct nfs_mount *mount);

/* "HOST, port 2049": for messages. The caller frees. */
char *nfs_mount_peer(const struct nfs_mount *mount) must_check;

#endif
