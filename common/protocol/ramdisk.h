/* The contract between eliloader and its helper `ramdisk`, which lays an overlay over an
 * installer's ramdisk, or says of what kind that is.
 *
 * Descriptors (see common/child.h): stdin the request, CHILD_ANSWER_FD the answer pipe,
 * RAMDISK_VENDOR_FD the vendor's ramdisk and RAMDISK_OVERLAY_FD the overlay (both read-only
 * regular files), RAMDISK_OUTPUT_FD a new, empty file (write-only for cpio; read and write for
 * ext2, whose filesystem is changed in place).
 *
 * The request, one JSON object:
 *   { "type": "cpio"|"ext2", "append": BOOLEAN, "limit": BYTES, "uid": NUMBER, "own_user": BOOLEAN,
 * "complete": BOOLEAN, "vendor": NAME, "overlay": NAME }         as messages shall call them
 * or, to look at the vendor's file alone, which is the only one that is handed over then,
 *   { "type": "look", … } without "overlay".
 *
 * The answer, JSON lines, at least one a second:
 *   { "progress": { "received": BYTES, "total": BYTES } }     of the vendor's file
 *   { "note": TEXT }                                          to log
 * and last { "answer": { "size": BYTES } }, of type "look"
 * { "answer": { "content": "cpio"|"packed"|"ext2"|"other" } }, with what is inside where it is
 * compressed ("packed": by what is not unpacked here, and kernels unpack), or
 * { "error": { "name": "LIMITS"|"INVALID_SOURCE"|…, "text": SENTENCE } }, with exit status 1. A
 * damaged vendor's ramdisk, or one without room for the overlay, is INVALID_SOURCE; a damaged
 * overlay SUPPORT_PACKAGE_MISSING. After an error the output is to be thrown away.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_RAMDISK_H
#define COMMON_PROTOCOL_RAMDISK_H

#include "common/child.h"

#define RAMDISK_NAME "ramdisk" /* of the program */

#define RAMDISK_VENDOR_FD  (CHILD_FIRST_FD + 0)
#define RAMDISK_OVERLAY_FD (CHILD_FIRST_FD + 1)
#define RAMDISK_OUTPUT_FD  (CHILD_FIRST_FD + 2)

/* What a ramdisk is. */
#define RAMDISK_LOOK_CPIO   "cpio" /* newc, alone or the first of several */
#define RAMDISK_LOOK_PACKED "packed"
#define RAMDISK_LOOK_EXT2   "ext2"
#define RAMDISK_LOOK_OTHER  "other"

#define RAMDISK_REQUEST_MAX (64 * 1024)

#endif
