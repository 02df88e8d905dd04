/* The lines of a metadata file, one after the other, bounded.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_LINES_H
#define DISTROS_LINES_H

#include <stddef.h>

#include "common/error.h"
#include "common/text.h"

/* Longest line in bytes (a path may have 1024), and most lines: the largest real files, the
 * sums of a Debian DVD, have some thousands. */
#define LINE_MAX_BYTES 4096
#define LINES_MAX      65536

struct lines {
    const char *name; /* of the file, for messages */
    const char *at, *end;
    size_t number; /* of the line that was given last; the first is 1 */
};

/* Goes to the start of TEXT, behind a byte order mark. NAME and TEXT must outlive LINES. */
void lines_start(struct lines *lines, const char *name, const struct buffer *text);

/* The next line, without its line end (LF or CRLF; the last one needs none). It is not
 * NUL-terminated, and holds no NUL. 1: a line; 0: that was all; -1 with ERR naming file and
 * line: a bound is passed, or a NUL says that this is no text. */
int lines_next(struct lines *lines, const char **line, size_t *length,
               struct error *err) must_check;

/* Drops white space at both ends of the LENGTH bytes at *TEXT. */
void trim(const char **text, size_t *length);

/* The next word of the bytes from *AT up to END: sets *WORD and returns its length, 0 when
 * there is none left. *AT is behind the word afterwards. */
size_t next_word(const char **at, const char *end, const char **word);

/* True when the LENGTH bytes at TEXT are exactly WORD. */
bool same(const char *text, size_t length, const char *word);

#endif
