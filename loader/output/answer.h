/* The answer to the toolstack: which kernel, which ramdisk, which arguments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_OUTPUT_ANSWER_H
#define LOADER_OUTPUT_ANSWER_H

#include "common/error.h"
#include "common/text.h"
#include "loader/settings/options.h"

/* What a PV guest's kernel gets of its command line: MAX_GUEST_CMDLINE of Xen's public headers,
 * less the NUL. Bytes. */
#define PV_COMMAND_LINE_MAX 1023
/* libxl drops an item ("args TEXT") that is longer. Bytes. */
#define ANSWER_ITEM_MAX 8192

struct answer {
    const char *kernel;  /* absolute path */
    const char *ramdisk; /* absolute path, or NULL */
    const char *args;    /* NULL or "": none */
};

/* Writes ANSWER in FORMAT into OUT. 0; or -1 with ERR when a value would break the format
 * (control characters, for sxp quotes and brackets; ANSWER_ITEM_MAX). */
int answer_render(const struct answer *answer, enum answer_format format, struct buffer *out,
                  struct error *err) must_check;

/* Warns of ARGS that are longer than PV_COMMAND_LINE_MAX: a PVH guest gets all of them. */
void answer_warn_of_length(const char *args);

/* Renders ANSWER and writes it to the file OUTPUT, which must exist already and is written
 * in place, or to stdout when OUTPUT is NULL or "-". A symbolic link is not followed, and only a
 * regular file is emptied first. 0, or -1 with ERR. */
int answer_deliver(const struct answer *answer, enum answer_format format, const char *output,
                   struct error *err) must_check;

#endif
