/* The contract between eliloader and its helper `fsprobe`, which reads guests' disks.
 *
 * Descriptors (see common/child.h): stdin the request, CHILD_ANSWER_FD the answer pipe,
 * CHILD_FIRST_FD + N disk N, read-only, a regular file or a block device.
 *
 * The request, one JSON object:
 *   { "disks": [ NAME, … ],                    as messages shall call them
 *     "family": TEXT|null, "arch": TEXT|null,  whose well-known names come first
 *     "uid": NUMBER }
 *
 * The answer, JSON lines: { "note": TEXT } to log, and last
 *   { "answer": {
 *       "disks": [ { "path", "size", "table": "gpt"|"dos"|"none",
 *                    "partitions": [ { "number", "offset", "size", "type", "label", "uuid" } ] } ],
 *       "entries": [ { "title", "id", "index", "disk", "partition", "offset", "kernel",
 *                      "ramdisk", "ramdisks": [ … ], "args", "source", "default" } ],
 *       "boot": the chosen entry or null,
 *       "problems": [ TEXT, … ] } }
 * or { "error": { "name", "text" } }.
 *
 * `offset` is in bytes into the disk; `partition` is 0 for a bare filesystem; paths are as
 * seen from the root of the filesystem at `offset`, symbolic links not resolved; `ramdisk` is
 * the first of `ramdisks`, or null. Texts of the guest that are not UTF-8, or hold control
 * characters, are escaped as text_escape() does; an entry whose paths or arguments need that
 * is listed, but never chosen, and a problem says so.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FSPROBE_H
#define FSPROBE_FSPROBE_H

#include "common/child.h"

#define FSPROBE_REQUEST_MAX (64 * 1024)

#endif
