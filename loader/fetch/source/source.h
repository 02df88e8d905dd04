/* One interface for every kind of place that files come from. Who looks for kernels and ramdisks
 * knows only this; HTTP, FTP and NFS are kinds of it, each a folder beside this one.
 *
 * Up to SOURCE_TRANSFERS_MAX files come side by side, driven by source_step() in one thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_SOURCE_SOURCE_H
#define LOADER_FETCH_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/helper/report.h"
#include "common/text.h"
#include "loader/fetch/source/settings.h"
#include "loader/fetch/source/transfer.h"

/* Kernel and ramdisk side by side. */
#define SOURCE_TRANSFERS_MAX 2
/* TCP ports of one repository, with those that redirects may lead to. */
#define SOURCE_PORTS_MAX 4

/* What a kind has to be able to do, beyond reading what resolver and TLS read: asked before the
 * helper is confined. */
struct source_needs {
    uint16_t ports[SOURCE_PORTS_MAX]; /* TCP ports that it connects to */
    size_t port_count;
    bool any_port;         /* … and to others, which the server names */
    bool bind;             /* chooses the ports of its own sockets */
    bool privileged_ports; /* … among those below 1024 */
};
/* A port more; 0 is none. */
void source_need_port(struct source_needs *needs, uint16_t port);

/* Starts zeroed; opened by source_open(), closed by source_close(). */
struct file_source {
    const struct source_kind *kind;
    const struct source_settings *settings; /* the caller's */
    struct report *report;                  /* the caller's, for notes and progress */
    int64_t deadline;                       /* clock_ms(): the end of all the run's time */
    char *repository;                       /* its URL, without user name and password */
    void *own;                              /* the kind's */
    struct transfer *transfers[SOURCE_TRANSFERS_MAX]; /* that were started and not stopped */
};

/* A kind of source. Each function that can fail returns 0, or -1 with ERR. */
struct source_kind {
    /* What a source with SETTINGS needs. Nothing is judged: what is wrong with them is open()'s. */
    void (*needs)(const struct source_settings *settings, struct source_needs *needs);
    /* Sets `own` and `repository`; connects nowhere. close() follows in either case. */
    int (*open)(struct file_source *source, struct error *err);
    void (*close)(struct file_source *source);
    /* Starts a transfer of PATH of the repository; NULL with ERR. stop() ends it, whatever its
     * state, and frees all of it. */
    struct transfer *(*start)(struct file_source *source, const char *path,
                              const struct transfer_spec *spec, struct error *err);
    void (*stop)(struct file_source *source, struct transfer *transfer);
    /* Lets the source's transfers go on: moves the bytes that are there, ends what has ended. */
    int (*move)(struct file_source *source, struct error *err);
    /* Milliseconds until TRANSFER, which runs, needs another look at the clock, at most MAX; it may
     * have failed for being late, or been begun again. */
    int (*look)(struct file_source *source, struct transfer *transfer, int max);
    /* Waits until there is something to move, at most MS milliseconds. */
    int (*wait)(struct file_source *source, int ms, struct error *err);
};

/* Opens SOURCE, which is of KIND; connects nowhere. SETTINGS and REPORT must outlive it. 0; or -1
 * with ERR: a repository or proxy that is no URL of this kind. The caller closes in either case;
 * what was started is stopped then. */
int source_open(struct file_source *source, const struct source_kind *kind,
                const struct source_settings *settings, struct report *report,
                struct error *err) must_check;
void source_close(struct file_source *source);

/* The repository's URL, without user name and password. It belongs to SOURCE. */
const char *source_repository(const struct file_source *source) must_check;

/* Starts the transfer of PATH of the repository. NULL with ERR: none was started. */
struct transfer *source_start(struct file_source *source, const char *path,
                              const struct transfer_spec *spec, struct error *err) must_check;
/* Ends *TRANSFER, whatever its state, frees all of it and sets it to NULL. NULL is passed over. */
void source_stop(struct file_source *source, struct transfer **transfer);

/* Lets the transfers that were started go on for a moment: moves bytes, waits when there are
 * none, ends those that are done, reports progress. 0, or -1 with ERR. */
int source_step(struct file_source *source, struct error *err) must_check;
/* Reports the progress of all transfers of files; a context is a struct file_source. */
void source_progress(void *context);

/* struct tree_reader's read; CONTEXT is a struct file_source. What a server or a captive portal
 * answers as an HTML page, and what it forbids (403, as many do for names with a leading
 * dot), counts as not there. */
int source_read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                         struct error *err);

#endif
