/* One file on its way from a repository of any kind: how far it is, what it may become, and the
 * sentences about what bounds it. The kinds of source embed this in what they know of a transfer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_SOURCE_TRANSFER_H
#define LOADER_FETCH_SOURCE_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/fetch/source/pace.h"
#include "loader/fetch/source/settings.h"

/* So long ago a file was changed at least, for its size and time to identify it for long. Seconds.
 */
#define TRANSFER_SETTLED 60

enum transfer_state {
    TRANSFER_RUNNING,
    TRANSFER_DONE,
    TRANSFER_UNCHANGED, /* it is what spec.known names: nothing was taken */
    TRANSFER_MISSING,   /* the server says that it is not there: `absence` */
    TRANSFER_FAILED,    /* `err` says why */
};

struct transfer_spec {
    const char *what;            /* "kernel", "ramdisk"; NULL: metadata of the tree */
    uint64_t limit;              /* bytes of the whole file */
    enum error_name limit_error; /* what passing it is */
    /* Takes the bytes, in order and once each. 0, or -1 with ERR to end the transfer. */
    int (*data)(void *context, const void *bytes, size_t length, struct error *err);
    void *context;
    /* The validator of what somebody has already: nothing comes where it is still that. NULL:
     * nobody has it. It outlives the transfer. */
    const char *known;
};

/* source_start() makes it, source_stop() frees it, and a kind of source works on it in between. */
struct transfer {
    struct transfer_spec spec;
    const struct source_settings *settings;
    enum transfer_state state;
    /* It failed because the server does not give it to this host (403), as many do with what they
     * do not have. */
    bool withheld;
    struct error err;
    char *url;         /* as asked for, without user name and password */
    char *shown;       /* for messages, with where a redirect led; NULL: as `url`. Owned */
    char *absence;     /* "the server answers 404 Not Found"; owned */
    uint64_t received; /* bytes of the file */
    bool total_known;
    uint64_t total; /* bytes of the file, as announced */
    /* What tells these bytes from others at the same place (an ETag, size and time); NULL: the
     * server has no such thing. Owned. */
    char *validator;
    bool validator_lasts; /* also beyond this run: the file was not changed a moment ago */
    struct pace pace;
};

/* Begins TRANSFER, which is zeroed. URL, for people, is its own from here on. */
void transfer_init(struct transfer *transfer, const struct source_settings *settings,
                   const struct transfer_spec *spec, char *url);
/* Frees what it holds. */
void transfer_drop(struct transfer *transfer);

/* How transfers end. -1, so that it can be returned. With `err` set before: */
int transfer_fail(struct transfer *transfer);
/* ABSENCE, which is copied, is how the server says it. */
void transfer_missing(struct transfer *transfer, const char *absence);
/* *ERR is why a failed one failed; it has no `err` then. */
int transfer_give_error(struct transfer *transfer, struct error *err);

/* The server has the file, of that VALIDATOR, which is copied and may be NULL; LASTS as above. 0;
 * or -1, and it is unchanged. */
int transfer_identify(struct transfer *transfer, const char *validator, bool lasts) must_check;
/* The server says that the file has TOTAL bytes. 0; or -1, and it has failed: they are too many. */
int transfer_announce(struct transfer *transfer, uint64_t total) must_check;
/* Hands over BYTES, the next of the file. 0; or -1, and it has failed: they are more than was
 * announced, or than the limit, or `data` does not take them. */
int transfer_take(struct transfer *transfer, const void *bytes, size_t length) must_check;
/* As transfer_announce(), by SIZE bytes: that were ANNOUNCED, or have come. */
int transfer_too_large(struct transfer *transfer, bool announced, uint64_t size) must_check;

/* Looks at the clock: at NOW (clock_ms()), DEADLINE is the end of all the run's time; what the pace
 * says counts only when the server is at WORK. Milliseconds until the next look; 0, and it has
 * failed: the time is over, nothing comes, or too little. */
int64_t transfer_until_late(struct transfer *transfer, bool work, int64_t now,
                            int64_t deadline) must_check;

/* What TRANSFER is called in messages. It belongs to it. */
const char *transfer_shown(const struct transfer *transfer) must_check;
/* " of 123", or "" when the total is not known. The caller frees. */
char *transfer_of_total(const struct transfer *transfer) must_check;

#endif
