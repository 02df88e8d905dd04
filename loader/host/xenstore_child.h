/* One conversation with xenstored, held by a child of ours.
 *
 * libxenstore waits for its answers in read(2) without end, goes on after every signal, and
 * believes what it is told. So it is loaded and called in a forked child alone, which is killed
 * at its deadline: a xenstored that hangs or talks nonsense costs a start some seconds and a
 * message, and this program never has the library in its memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HOST_XENSTORE_CHILD_H
#define LOADER_HOST_XENSTORE_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"

/* A whole conversation, in seconds: one request takes well below a millisecond. */
#define XENSTORE_SECONDS 10
/* Bytes that a conversation may bring back. */
#define XENSTORE_ANSWER_MAX (16 * 1024)

/* What is used of libxenstore, as its public header xenstore.h declares it: the same from Xen 4.1
 * on. A transaction of 0 is none. On failure all set errno. */
struct xs_handle;
struct xs_permissions {
    unsigned id;    /* of the domain */
    unsigned perms; /* XENSTORE_READ…; of the first, the owner: for everybody else */
};
#define XENSTORE_NONE 0
#define XENSTORE_READ 1

struct xenstore {
    struct xs_handle *handle; /* for the functions' first argument */
    struct xs_handle *(*open)(unsigned long flags);
    void *(*read)(struct xs_handle *handle, uint32_t transaction, const char *path,
                  unsigned *length); /* the caller frees; a NUL follows the LENGTH bytes */
    bool (*write)(struct xs_handle *handle, uint32_t transaction, const char *path,
                  const void *data, unsigned length);
    bool (*set_permissions)(struct xs_handle *handle, uint32_t transaction, const char *path,
                            struct xs_permissions *permissions, unsigned count);
    uint32_t (*transaction_start)(struct xs_handle *handle);
    bool (*transaction_end)(struct xs_handle *handle, uint32_t transaction, bool abort);
};

/* True when xenstored's socket, or the device through which a domain speaks to it, is where
 * libxenstore looks for it: $XENSTORED_PATH alone; without that, $XENSTORED_RUNDIR/socket
 * (/var/run/xenstored/socket) and the devices. */
bool xenstore_is_here(void) must_check;

/* What is asked of xenstored, in the child: it may change nothing outside it but through ANSWER.
 * 0, or -1 with ERR. */
typedef int xenstore_work(const struct xenstore *store, const void *context, struct buffer *answer,
                          struct error *err);

/* Runs WORK with a connection, and appends what it answered to ANSWER. 0; 1 with ERR when this host
 * has no libxenstore, so that nothing was asked; or -1 with ERR: WORK's own, no xenstored, past
 * the deadline, a signal (ERROR_INTERRUPTED). Leaves no child behind. */
int xenstore_converse(xenstore_work *work, const void *context, struct buffer *answer,
                      struct error *err) must_check;

#endif
