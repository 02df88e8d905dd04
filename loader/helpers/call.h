/* A conversation with one of eliloader's own helpers: the request, notes and progress on the way,
 * and the answer, whose shape the caller checks. All helpers speak alike: see ../common/child.h
 * and each one's own header.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_CALL_H
#define LOADER_HELPERS_CALL_H

#include <jansson.h>

#include "common/child.h"
#include "common/error.h"

/* Notes of one helper that are logged; the others are dropped. */
#define HELPER_NOTES_MAX 100
/* For helpers that say something every second: so long a silence means that one hangs. Seconds. */
#define HELPER_SILENCE 60

struct helper_call {
    const char *name;    /* of the program: "fsprobe" */
    const char *request; /* JSON */
    const int *fds;      /* as of struct child_spec */
    size_t fd_count;
    int silence_seconds, total_seconds; /* as of struct child_spec */
    const char *doing; /* what a progress line calls it ("fetching"); NULL: there is none */
    bool quiet;
    int (*meanwhile)(void *context, struct error *err); /* as of struct child_spec, or NULL */
    void *context;
};

/* Runs the helper to its end. *ANSWER gets its "answer", an object that the caller frees. 0; or -1
 * with ERR: the helper's own "error", of which *FAILURE (which may be NULL) gets the object for the
 * caller to free, or how it ended. */
int helper_run(const struct helper_call *call, json_t **answer, json_t **failure,
               struct error *err) must_check;

#endif
