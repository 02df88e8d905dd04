/* Foreign text made fit to be shown. Whatever is printed, logged or put into an answer goes through
 * one of these.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_ESCAPE_H
#define COMMON_ESCAPE_H

#include <stddef.h>

#include "common/memory.h"

/* TEXT (LENGTH bytes, any bytes) for a terminal or a log: printable ASCII and well-formed,
 * printable UTF-8 as it is, everything else (controls, C1 controls, bidirectional and other
 * format controls, invalid UTF-8) as \xNN, and a backslash as \\. A result longer than MAX
 * bytes is cut and ends in "…". The caller frees. */
char *text_escape_bytes(const char *text, size_t length, size_t max) must_check;
/* The same for a string; at most TEXT_ESCAPED_MAX bytes of result. NULL gives "(none)". */
char *text_escape(const char *text) must_check;
#define TEXT_ESCAPED_MAX 4096
/* The same into MEMORY, for whoever may not fail for want of memory; TEXT is not NULL. */
void text_escape_into(const char *text, char memory[TEXT_ESCAPED_MAX + 1]);

/* The same for at most MAX bytes of a string that was escaped already, as helpers do with what is
 * no UTF-8: backslashes stay as they are. What is cut off is replaced by "…". */
char *text_escape_again(const char *text, size_t max) must_check;

/* JSON (as a printer of it made it: UTF-8, controls in strings escaped) for a terminal: what
 * text_escape() would not show as it is, newlines between values apart, is \uXXXX in it, which is
 * the same JSON. The caller frees. */
char *text_escape_json(const char *json) must_check;

#endif
