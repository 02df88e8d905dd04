/* The contract between eliloader and its helper `medium`, which says what a file is: an image of
 * an installation CD or DVD, an installer's ramdisk, a kernel. (What it calls "other" may be a
 * guest's disk: those are fsprobe's.) It is a program of its own because it links libarchive and
 * OpenSSL, whose loading would double the time that a probe of a disk takes.
 *
 * Descriptors (see common/child.h): stdin the request, CHILD_ANSWER_FD the answer pipe, MEDIUM_FD
 * the file, read-only, a regular file or a block device.
 *
 * The request, one JSON object:
 *   { "name": TEXT,                              as messages shall call the file
 *     "mode": "support"|null,                    only say what "support" is; the file is a kernel
 *     "verify": BOOLEAN,                         compute the MD5 that an image carries
 *     "arch": TEXT|null, "release": TEXT|null,   as of distros/recognise.h
 *     "uid": NUMBER, "own_user": BOOLEAN, "complete": BOOLEAN }
 *
 * The answer, JSON lines, on the way { "progress": { "received", "total" } } while bytes are
 * read and { "note": TEXT } to log, and last
 *   { "answer": {
 *       "kind": "iso"|"ramdisk"|"kernel"|"other", "size": BYTES,
 *       "md5", "sha256",                         of a ramdisk or a kernel; else null
 *       "compression": "none"|"gzip"|…, "content": "cpio"|"ext2"|null,   of a ramdisk; else null
 *       "iso": null, or { "label": TEXT, "md5": HEX|null, "verified": true|false|null },
 *       "recognised": as in common/protocol/fetch.h, or null,
 *       "layout": TEXT|null,                     what named the two files in an image:
 *       "kernel":  { "path", "size" } or null,
 *       "ramdisk": { "path", "size", "md5", "sha256", "verified": "sha256"|…|null } or null,
 *       "support": null, or, of a kernel or an image's kernel, whether it can run as a guest of
 *          Xen: { "known": BOOLEAN, "pv": BOOLEAN, "pvh": BOOLEAN, "arch": TEXT|null,
 *                 "why": TEXT|null }             where not known: "it is cut off …"
 *       "problems": [ TEXT, … ] } }
 * in mode "support" { "answer": { "support": as above } },
 * or { "error": { "name", "text" } }.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_MEDIUM_H
#define COMMON_PROTOCOL_MEDIUM_H

#include "common/child.h"

#define MEDIUM_NAME "medium" /* of the program */

#define MEDIUM_FD          CHILD_FIRST_FD
#define MEDIUM_REQUEST_MAX (64 * 1024)

#define MEDIUM_SUPPORT "support" /* the mode */

#endif
