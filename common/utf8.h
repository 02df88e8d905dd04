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

#endif
