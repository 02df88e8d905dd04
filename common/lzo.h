/* LZO1X, unpacked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_LZO_H
#define COMMON_LZO_H

#include <stddef.h>

#include "common/memory.h"

/* Unpacks the LENGTH bytes at PACKED into OUT, which has room for ROOM. *PRODUCED: how many came
 * out. 0; or -1 when the bytes are no sound LZO1X, do not end where it ends, or ROOM is too
 * small. */
int lzo_unpack(const unsigned char *packed, size_t length, unsigned char *out, size_t room,
               size_t *produced) must_check;

#endif
