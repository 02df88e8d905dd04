/* The contract between eliloader and its helper `fetch`, which gets a kernel and a
 * ramdisk from a network repository, and says what the repository is.
 *
 * Descriptors (see common/child.h): stdin the request, CHILD_ANSWER_FD the answer pipe,
 * FETCH_KERNEL_FD and FETCH_RAMDISK_FD new, empty, write-only files (/dev/null to identify).
 *
 * The request, one JSON object (members that are null may be left out):
 *   { "repository": URL, "family": TEXT|"auto"|"any", "arch": TEXT, "release": TEXT|null,
 *     "mode": "identify"|null,               then family is "auto" and arch may be null
 *     "kernel": PATH|null, "ramdisk": PATH|null,            paths in the repository
 *     "digests": [ "md5", "sha256" ]|null,   of the ramdisk, beside those of the tree's checksums;
 *                                            null: both, of both files
 *     "bound": [ { "path", "digest", "hex" }, … ]|null,     checksums that another mirror gave
 *     "held": [ { "path", "validator", "sha256" }, … ]|null, files that the host has; the first two
 *                                            are null where it is not known to be of this
 * repository "held_only": BOOLEAN,                  anything else is an error "proxy": URL|null,
 * "cacert": PEM TEXT|null,           further CA certificates' text "kernel_max": BYTES,
 * "ramdisk_max": BYTES, "connect_timeout": SECONDS, "stall_timeout": SECONDS, "total_timeout":
 * SECONDS,             for all that is asked of the repository "redirects": "private"|"any"|null,
 * also there: see loader/fetch/curl/reach.h "downgrade": BOOLEAN,                 a redirect may
 * leave https for http "uid": NUMBER, "own_user": BOOLEAN, "complete": BOOLEAN, "agent": TEXT }
 *
 * The answer, JSON lines. On the way, at least one a second and at most four:
 *   { "progress": { "received": BYTES, "total": BYTES|null } }
 * for warnings and steps, to log:
 *   { "note": TEXT }
 * and last, one of
 *   { "answer": { "layout": TEXT, "family": TEXT,       whose layouts were tried
 *                 "recognised": null, or
 *                    { "family", "name", "version", "arch", "metadata", "release",
 *                      "release_assumed", "codename" }    see distros/recognise.h
 *                 "tree": { "metadata", "name", "version", "arch" },    each TEXT or null
 *                 "kernel":  { "url", "size", "md5", "sha256", "verified": "sha256"|"md5"|…|null,
 *                               "path", "validator": TEXT|null, "held": BOOLEAN },
 *                             a digest is null that nobody asked for
 *                 "ramdisk": the same, or null,
 *                 "problem": TEXT|null } }
 *   { "error": { "name": "INVALID_SOURCE"|"LIMITS"|…, "text": SENTENCE,
 *                "file": "kernel"|"ramdisk"|null,
 *                "no_kernel": true when no layout's kernel was there,
 *                "changed": true when "held_only" was the reason,
 *                "bound": [ as in the request ], the checksums that are known by then
 *                "recognised": as above } }
 * With "mode": "sums" in the request, it only takes the sums of one file, and says of what type it
 * is as the tables of installation media have it. Then there are neither FETCH_KERNEL_FD nor
 * FETCH_RAMDISK_FD, and the file is that of "ramdisk" in the repository; without a "repository",
 * FETCH_FILE_FD, a read-only regular file. "family", "arch" and "ramdisk" are then not needed. The
 * answer:
 *   { "answer": { "size", "md5", "sha256", "type": "cpio"|"ext2"|null } }
 * With a list of "digests", only those are computed, the others are null, and so is the type,
 * unless all are in the list.
 *
 * With "family": "any", the layouts of the recognised family come first, then those of every family
 * in turn (distros/guess.h), so that a tree that says nothing, or the wrong thing, is searched too.
 *
 * With "mode": "ramdisk", the file of "ramdisk" in the repository is brought to FETCH_RAMDISK_FD,
 * and nothing else: FETCH_KERNEL_FD is not written to, "family" and "arch" are not needed, and in
 * the answer the kernel is null.
 *
 * URLs in answers and sentences never hold a user name or a password.
 *
 * With "mode": "identify", whatever keeps the files away is a "problem" of the answer, in which
 * layout, kernel and, when nothing was recognised, family are null then.
 *
 * With "bound", a file of one of these paths must have that checksum, whatever this mirror says of
 * it.
 *
 * With "held", the file of a path is asked for by its validator (an ETag, a date, size and time),
 * and a checksum of SHA-256 that the tree gives is not asked for at all where it is that of one of
 * them. What the host has then is not written: the file's "held" is true, its "sha256" says which
 * one it is, and "size" is 0. "validator" is what "held" may say of the file from now on.
 *
 * After an answer, the files hold exactly `size` bytes. After an error they hold anything.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_FETCH_H
#define COMMON_PROTOCOL_FETCH_H

#include "common/child.h"

#define FETCH_NAME "fetch" /* of the program */

#define FETCH_KERNEL_FD  (CHILD_FIRST_FD + 0)
#define FETCH_RAMDISK_FD (CHILD_FIRST_FD + 1)
#define FETCH_FILE_FD    (CHILD_FIRST_FD + 0) /* of mode "sums" */

#define FETCH_IDENTIFY "identify"
#define FETCH_SUMS     "sums"
#define FETCH_RAMDISK  "ramdisk"

#define FETCH_BOUND_MAX 32  /* checksums of a request */
#define FETCH_HELD_MAX  512 /* files of a request that the host has */

#define FETCH_REDIRECTS_PRIVATE "private"
#define FETCH_REDIRECTS_ANY     "any"

#define FETCH_REQUEST_MAX      (1024 * 1024) /* bytes of the request; CA certificates are long */
#define FETCH_REDIRECTS_MAX    10
#define FETCH_RESUMES_MAX      3
#define FETCH_HEADER_MAX       (64 * 1024) /* bytes of response headers of one transfer */
#define FETCH_HEADER_LINES_MAX 2048        /* lines of them */
#define FETCH_INTERIM_MAX      16          /* responses in front of the real one (1xx) */
#define FETCH_RATE_MIN         1024        /* bytes a second, over each stall timeout */

#endif
