/* One conversation with the helper `fsprobe`: its disks and outputs opened, its request sent, its
 * copies checked. Who asks says what is asked for, and reads the rest of the answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_PROBING_H
#define LOADER_HELPERS_PROBING_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/helpers/limits.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* What is looked at, and where copies go. Nothing is owned. */
struct probing {
    const struct settings *settings;
    char *const *disks; /* paths of files or devices */
    size_t count;
    /* Where the kernel and the ramdisk are copied to: OUTPUTS' files, made here and not named; else
     * the two descriptors of FDS, where those are set; else nowhere. */
    struct outputs *outputs;
    const int *fds;
    /* STREAM, which is closed when the run is over, is given to the helper for a file's bytes. */
    bool streams;
    int stream;
    struct fetch_limits limits; /* of what is copied */
    bool
        slow; /* a CD drive may take as long as a network: the setting fetch-timeout is the bound */
};

/* Adds to REQUEST, which is freed, what all have (the disks, the copy, the user), and runs the
 * helper. *ANSWER is the caller's to free, and so is *FAILURE, as helper_run() has it. Whatever the
 * outputs hold is sealed. 0; or -1 with ERR: a disk that cannot be opened, the helper's error (with
 * how a limit is raised). */
int probing_run(const struct probing *probing, json_t *request, json_t **answer, json_t **failure,
                struct error *err) must_check;

/* Whether PROBING's outputs hold what the "copied" of ANSWER says; without THERE, nothing was
 * chosen, and they are dropped, as is a ramdisk's that nobody wrote. 0, or -1 with ERR. */
int probing_take_copies(const struct probing *probing, const json_t *answer, bool there,
                        struct error *err) must_check;

/* Unmakes both files of OUTPUTS. */
void probing_drop(struct outputs *outputs);

#endif
