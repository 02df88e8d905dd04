/* Characters of a text that may be UTF-8, and may be anything.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_LENGTH_MAX 4 /* bytes of one character */

/* The length of the well-formed UTF-8 sequence at TEXT, and its code point; 0 when there is none in
 * its LENGTH bytes. (RFC 3629: shortest form, at most U+10FFFF; surrogates are left to the caller.)
 * Of a string, no byte behind its NUL is looked at, whatever LENGTH is. */
size_t utf8_decode(const unsigned char *text, size_t length, uint32_t *code_point);

/* CODE_POINT as UTF-8 into BYTES, without a NUL: their number; 0 when there is none (a surrogate,
 * or beyond U+10FFFF). */
size_t utf8_encode(uint32_t code_point, char bytes[UTF8_LENGTH_MAX]);

/* The columns of a terminal that a character which is shown at all takes: 2 of East Asia's, 0 for a
 * mark that is put on the one before it, else 1. */
unsigned utf8_columns_of(uint32_t code_point);
/* The same of TEXT, which was made fit to be shown (common/escape.h). */
size_t utf8_columns(const char *text);
/* How many of the LENGTH bytes of TEXT fit into COLUMNS, whole characters with their marks; *WIDTH
 * is the columns that these take. */
size_t utf8_fit(const char *text, size_t length, size_t columns, size_t *width);

#endif
