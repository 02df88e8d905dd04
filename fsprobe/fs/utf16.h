/* Names in UTF-16, as filesystems of Windows' kind keep them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_UTF16_H
#define FSPROBE_FS_UTF16_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of UTF-8 that one unit of UTF-16 comes to at most. */
#define UTF16_EXPANDS 3

/* COUNT units, in the host's byte order, as UTF-8 into OUT, which has room for UTF16_EXPANDS times
 * as many bytes. Half of a pair becomes U+FFFD. Returns the number of bytes. */
size_t utf16_to_utf8(const uint16_t *units, size_t count, char *out);

#endif
