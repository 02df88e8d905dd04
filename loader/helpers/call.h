/* A conversation with one of eliloader's own helpers: the request, notes and progress on the way,
 * and the answer, whose shape the caller checks. All helpers speak alike (common/child.h, and each
 * one's own header in common/protocol), and the same bounds hold for what any of them says, for it
 * may have been taken over by what it read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_CALL_H
#define LOADER_HELPERS_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/child.h"
#include "common/error.h"
#include "loader/host/progress.h"
#include "loader/settings/options.h"

/* Lines that a helper may say in one run; each line, and all of them, have bounds in bytes too
 * (CHILD_LINE_MAX, CHILD_ANSWERS_MAX). An honest one says at most HELPER_LINES_RATE a second, for
 * a day at most; what says its lines all at once, like notes, has HELPER_LINES_MAX of them. */
#define HELPER_LINES_MAX  1000
#define HELPER_LINES_RATE 4
/* Notes of one helper that are logged; the others are dropped. */
#define HELPER_NOTES_MAX 100
/* Bytes of a note, and of the sentence of an error; the rest is cut off. */
#define HELPER_SENTENCE_MAX 4096
/* For helpers that say something every second: so long a silence means that one hangs. Seconds. */
#define HELPER_SILENCE 60

/* One call. Strings and descriptors belong to the caller. */
struct helper_call {
    const char *name;    /* of the program: "fsprobe" */
    const char *request; /* JSON */
    const int *fds;      /* as of struct child_spec */
    size_t fd_count;
    int silence_seconds, total_seconds; /* as of struct child_spec */
    const char *total_setting;          /* likewise */
    bool our_group;                     /* likewise */
    const char *doing; /* what a progress line calls it ("fetching"); NULL: there is none */
    bool quiet;
    int (*meanwhile)(void *context, struct error *err); /* as of struct child_spec, or NULL */
    void *context;
};

/* Adds to REQUEST as whom, and how strictly, the helper is to confine itself. */
void helper_add_user(json_t *request, const struct settings *settings);

/* Runs the helper to its end. *ANSWER gets its "answer", an object that the caller frees. 0; or -1
 * with ERR: the helper's own "error", of which *FAILURE (which may be NULL) gets the value for the
 * caller to free, or how it ended. */
int helper_run(const struct helper_call *call, json_t **answer, json_t **failure,
               struct error *err) must_check;

/* What a helper has said so far. Starts with its CALL set and all else empty. For helper_run(), and
 * for tests. */
struct helper_talk {
    const struct helper_call *call;
    struct progress progress;
    int64_t started; /* clock_ms() */
    size_t lines;
    size_t notes; /* that were logged */
    json_t *last; /* the line that is neither progress nor a note, or NULL; helper_conclude() takes
                     it */
};

/* Takes one LINE of LENGTH bytes, as child_spec's `line` with a struct helper_talk. 0; or -1 with
 * ERR: it is no JSON object, has a member twice, or is one line too many for the time
 * since TALK started. */
int helper_hear(void *talk, const char *line, size_t length, struct error *err) must_check;

/* The end of TALK, whose helper ended as ENDED says (0; or -1 with ERR). As helper_run(). */
int helper_conclude(struct helper_talk *talk, int ended, json_t **answer, json_t **failure,
                    struct error *err) must_check;

#endif
