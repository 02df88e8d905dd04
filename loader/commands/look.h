/* What `eliloader ls` and `eliloader cat` have in common: which volume is meant, and the question
 * to the helper `fsprobe`.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_LOOK_H
#define LOADER_COMMANDS_LOOK_H

#include <jansson.h>

#include "common/error.h"
#include "common/protocol/fsprobe.h"
#include "loader/settings/options.h"

/* DISK[:VOLUME], and the further disks that the option --disk names. */
struct look {
    const struct settings *settings;
    char *disks[GUEST_DISKS_MAX]; /* owned */
    size_t count;
    char *volume; /* owned; NULL: not said */
};

/* What the first operand of SETTINGS says. What exists as a whole is a DISK; else what stands
 * before the last ':' that leaves one. 0; or -1 with ERR. The caller frees LOOK in both cases. */
int look_parse(const struct settings *settings, struct look *look, struct error *err) must_check;
void look_free(struct look *look);
#define auto_look __attribute__((cleanup(look_free)))

/* Asks for the names at PATH (with what each is: TYPES), where STREAM is -1; else for the bytes of
 * that file into STREAM, which the helper gets. *ANSWER is the caller's to free. 0, or -1 with ERR.
 */
int look_ask(const struct look *look, const char *path, bool types, int stream, json_t **answer,
             struct error *err) must_check;

#endif
