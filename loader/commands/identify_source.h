/* What a repository, an image, a file or a disk is: runs the helper that can read it (fetch,
 * medium, fsprobe) and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_IDENTIFY_SOURCE_H
#define LOADER_COMMANDS_IDENTIFY_SOURCE_H

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/settings/options.h"

/* The object that `eliloader identify --json` prints; eliloader(8) says what is in it. All of its
 * members are there, of the right type or null, and sums are lower-case hex. Texts are as
 * they came: whoever shows them escapes them. */
struct identified {
    json_t *json;
};
#define IDENTIFIED_INIT \
    (struct identified) \
    {                   \
        NULL            \
    }

/* Identifies SOURCE: a URL, or the path of a file or device. 0; or -1 with ERR: it cannot be
 * opened or read, a helper failed, or it is nothing that is known. The caller frees. */
int identify(const struct settings *settings, const char *source, struct identified *identified,
             struct error *err) must_check;
void identified_free(struct identified *identified);
#define auto_identified __attribute__((cleanup(identified_free)))

#endif
