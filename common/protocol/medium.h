/* The contract between eliloader and its helper `medium`, which says what a file is: an image of
 * an installation CD or DVD, an installer's ramdisk, a kernel. (What it calls "other" may be a
 * guest's disk: those are fsprobe's, and so are the files in an image.) It is a program of its own
 * because it links OpenSSL, whose loading would double the time that a probe of a disk takes.
 *
 * Descriptors (see common/child.h): stdin the request, CHILD_ANSWER_FD the answer pipe, MEDIUM_FD
 * the file, read-only, a regular file or a block device; in mode "unpack", MEDIUM_OUT_FD an empty
 * regular file, write-only.
 *
 * The request, one JSON object:
 *   { "name": TEXT,                              as messages shall call the file
 *     "mode": "support"|"sums"|"unpack"|null,    only say what "support" is; the file is a kernel
 *     "verify": BOOLEAN,                         compute the MD5 that an image carries
 *     "uid": NUMBER, "own_user": BOOLEAN, "complete": BOOLEAN }
 * and in mode "sums" also
 *     "tables": BOOLEAN,                         the MD5 and the SHA-256
 *     "digest": "md5"|"sha1"|…|null,             and this one
 *     "at": BYTES, "length": BYTES               of which part; a length of 0: up to the end
 * and in mode "unpack" also
 *     "unpack": [ TEXT, … ]|null,                from what, by the names below; null: from each
 *     "unpack_max": BYTES                        how large it may be
 *
 * The answer, JSON lines, on the way { "progress": { "received", "total" } } while bytes are
 * read and { "note": TEXT } to log, and last
 *   { "answer": {
 *       "kind": "iso"|"ramdisk"|"kernel"|"other", "size": BYTES,
 *       "md5", "sha256",                         of a ramdisk or a kernel; else null
 *       "compression": "none"|"gzip"|…, "content": "cpio"|"ext2"|null,   of a ramdisk; else null
 *       "iso": null, or { "label": TEXT, "md5": HEX|null, "verified": true|false|null },
 *       "support": null, or, of a kernel, whether it can run as a guest of Xen:
 *          { "known": BOOLEAN, "pv": BOOLEAN, "pvh": BOOLEAN, "arch": TEXT|null,
 *            "why": TEXT|null }                  where not known: "it is cut off …"
 *       "problems": [ TEXT, … ] } }
 * in mode "support" { "answer": { "support": as above } },
 * in mode "sums" { "answer": { "md5", "sha256", "other": of the digest that was asked for } }, each
 * null where it was not,
 * in mode "unpack" { "answer": {
 *       "support": as above,
 *       "unpacked": BYTES|null,                  written to MEDIUM_OUT_FD; null: nothing, and the
 *                                                kernel is to be taken as it is
 *       "form": TEXT|null } },                   what it was unpacked from
 * or { "error": { "name", "text" } }.
 *
 * A bzImage is unpacked from "gzip", "bzip2", "lzma", "xz", "lzo", "lz4" or "zstd", or from
 * MEDIUM_FORM_NONE when it is not compressed; a zboot image, however it is compressed, from
 * MEDIUM_FORM_ZBOOT.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_MEDIUM_H
#define COMMON_PROTOCOL_MEDIUM_H

#include <stdint.h>

#include "common/child.h"

#define MEDIUM_NAME "medium" /* of the program */

#define MEDIUM_FD          CHILD_FIRST_FD
#define MEDIUM_OUT_FD      (CHILD_FIRST_FD + 1)
#define MEDIUM_REQUEST_MAX (64 * 1024)

/* The modes. */
#define MEDIUM_SUPPORT "support"
#define MEDIUM_SUMS    "sums"
#define MEDIUM_UNPACK  "unpack"

#define MEDIUM_FORM_NONE  "none"
#define MEDIUM_FORM_ZBOOT "zboot"

/* Bytes that a kernel may unpack to: Debian's have 63 MiB, one with everything built in 150. */
#define MEDIUM_UNPACKED_MAX (UINT64_C(256) * 1024 * 1024)

#endif
