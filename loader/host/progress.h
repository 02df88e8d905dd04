/* A line on the terminal that says how far a transfer is that takes over a second.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HOST_PROGRESS_H
#define LOADER_HOST_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;       /* stderr is a terminal, and nobody asked for quiet */
    unsigned drawn;   /* columns of the line that stands there; 0: none */
    int64_t started;  /* milliseconds */
    const char *what; /* "fetching" */
};

/* WHAT must outlive the progress. */
void progress_start(struct progress *progress, const char *what, bool quiet);
/* RECEIVED of TOTAL bytes (0: not known). */
void progress_update(struct progress *progress, uint64_t received, uint64_t total);
/* Takes the line away: the cursor is where it was, in the first column. */
void progress_end(struct progress *progress);

/* The line for RECEIVED of TOTAL bytes after ELAPSED milliseconds, at most WIDTH columns, into
 * OUT (at least WIDTH + 1 bytes). For progress_update() and tests. */
void progress_line(char *out, unsigned width, const char *what, uint64_t received, uint64_t total,
                   int64_t elapsed);

#endif
