/* The contract between eliloader and its helper `fsprobe`, which reads guests' disks, and the CDs
 * and images that guests are installed from.
 *
 * Descriptors (see common/child.h): stdin the request, CHILD_ANSWER_FD the answer pipe,
 * CHILD_FIRST_FD + N disk N, read-only, a regular file or a block device.
 *
 * The request, one JSON object:
 *   { "disks": [ NAME, … ],                    as messages shall call them
 *     "family": TEXT|null, "arch": TEXT|null,  whose well-known names come first
 *     "well_known": BOOLEAN|null,              also where a boot configuration boots nothing
 *     "select": null, or                       what shall be booted, where it is not the default
 *        { "entry": TEXT|null,                 see below
 *          "kernel": PATH|null, "ramdisk": PATH|null,     these files, and no configuration
 *          "offset": BYTES|null,               only the filesystem that begins there on disk 0
 *          "partition": NUMBER|null,           only that one of disk 0; 0: the disk itself
 *          "volume": TEXT|null },              only that one, by its "name" in an earlier answer
 *     "tree": null, or                         an installation tree is looked for instead
 *        { "family": TEXT|"auto"|"any",        as common/protocol/fetch.h has it, and the others:
 *          "arch": TEXT|null, "release": TEXT|null, "kernel": PATH|null, "ramdisk": PATH|null,
 *          "folder": PATH|null,                where it begins on its volume; null: at the root
 *          "identify": BOOLEAN },              say what it is; only its kernel is copied
 *     "look": null, or                         a person looks into a volume instead
 *        { "list": BOOLEAN,                    the names at "path"; else its bytes
 *          "types": BOOLEAN,                   what each name is, too
 *          "volume": TEXT|null,                as probe prints it ("2", "vg0/boot"), or its "name"
 *          "path": PATH },
 *     "subvolumes": BOOLEAN|null,              whether they shall be listed: people ask for that
 *     "copy": null, or { "kernel_max": BYTES, "ramdisk_max": BYTES },
 *     "uid": NUMBER, "own_user": BOOLEAN, "complete": BOOLEAN }
 *
 * With "copy", the descriptors behind those of the disks are two new, empty, write-only files:
 * the chosen entry's kernel and its ramdisks are copied there, several ramdisks joined as the
 * kernel expects (each begins at a multiple of 4 bytes, zeros between), holes staying holes.
 * What is larger than its limit is the error LIMITS, before more than the limit is written.
 *
 * `select.entry` is an entry's `index` as a guest's boot program writes it where that has a '>'
 * ("1>0"), else its `number` (submenus flattened, as pygrub counts), its `title` or its `id`. It is
 * looked for in the configurations in the order in which they are asked. `select.kernel` takes
 * the first filesystem that has that file, and arguments there are none; `select.ramdisk` alone
 * replaces the ramdisks of the chosen entry. What is selected and not there is a problem that
 * says so, and `boot` is null.
 *
 * The answer, JSON lines: { "note": TEXT } to log, { "progress": { "received", "total" } } in bytes
 * of what is copied, and last { "answer": { "disks": [ { "path", "size", "table":
 * "gpt"|"dos"|"none", "blank": BOOLEAN, "partitions": [ { "number", "offset", "size", "type",
 * "label", "uuid" } ] } ], "volumes": [ { "kind": "disk"|"partition"|"md"|"lvm", "name", "where",
 * "disk", "partition", "offset", "size", "type", "label", "uuid", "readable": BOOLEAN, "reader":
 * BOOLEAN, "why", "members": [ INDEX, … ],      what it is made of, or stands in "missing": NUMBER,
 * of further members that it should have "title", "layout",            "vg0/boot", "raid1": of what
 * has members "part_type",                  a GPT's UUID, "0x83": what the table says "devices": [
 * INDEX, … ],      that its Btrfs stands on, where these are several; itself among them
 *                      "subvolumes": null, or [ { "id", "path", "default": BOOLEAN }, … ] } ],
 *       "entries": [ { "title", "id", "index", "disk", "partition", "offset", "volume", "kernel",
 *                      "ramdisk", "ramdisks": [ … ], "args", "source", "default", "number",
 *                      "unified": BOOLEAN } ],
 *       "boot": the chosen entry or null,
 *       "config": null, or what the kernel's own /boot/config-VERSION says of it:
 *          { "path", "pv": BOOLEAN, "pvh": BOOLEAN },        CONFIG_XEN_PV, CONFIG_XEN_PVH
 *       "timeout": SECONDS that the chosen configuration's menu waits, -1 for ever; or null,
 *       "copied": null, or { "kernel": BYTES, "ramdisk": BYTES|null },
 *       "instead": TEXT|null,                what is booted that the guest's configuration does not
 *                                            boot by default, and why that is so
 *       "cause": TEXT|null,                  why nothing boots, in short: the problem that matters
 *       "problems": [ TEXT, … ] } }
 * or { "error": { "name", "text", "file": "kernel"|"ramdisk" when it is about one of them } }.
 *
 * With "tree", the answer is
 *   { "answer": {
 *       "where": TEXT|null, "disk": NUMBER,      the volume that has the kernel; and its disk
 *       "layout", "family", "recognised", "tree", "problem": as in common/protocol/fetch.h,
 *       "kernel": null, or { "path", "size", "sum": null, or { "digest": TEXT, "hex": TEXT } },
 *       "ramdisk": null, or the same and "place":        where its bytes stand together, else null
 *          { "disk": NUMBER, "offset": BYTES },          (told to identify only)
 *       "copied", "problems": as above } }
 * "sum" is what the tree says of the file, which nobody has compared yet. What is not there is an
 * error, but to identify; one has "no_kernel" and "recognised", as fetch's have.
 *
 * With "look", the descriptor behind those of the disks is a pipe for the bytes, unless it lists:
 *
 *   { "answer": { "names": [ { "name", "type": "file"|"directory"|"other", "size": BYTES|null } ],
 *                 "more": BOOLEAN } }       there are more names than an answer holds
 *   { "answer": { "written": BYTES, "stopped": BOOLEAN } }       stopped: nobody read the pipe
 *
 * Links are followed. Holes are zeros there.
 *
 * `unified`: the entry's kernel and ramdisks are sections of a unified kernel image and of its
 * addons; the paths are those files, and no others may be made of them than "copy" makes.
 *
 * `volumes` has everything that was found, from the bottom up: disks and partitions, then what is
 * made of them. Those have a name as GRUB has it ("lvm/vg0-boot", "mduuid/HEX", "mduuid/HEX,gpt1"),
 * which is null for the others, and an `offset` only where they are one range of `disk`. An entry's
 * `volume` is that name. `reader`: there is one for filesystems of that type, and what is not
 * `readable` all the same is damaged; `why` is a sentence, where one is known. A disk is `blank`
 * when it has no table, nothing that is known, and begins with zeros; that is looked at where
 * nothing boots. Subvolumes are told from the top ("/") on, 256 of them at most.
 *
 * `offset` is in bytes into the disk; `partition` is 0 for a bare filesystem; paths are as
 * seen from the root of the filesystem at `offset`, symbolic links not resolved; `ramdisk` is
 * the first of `ramdisks`, or null. Texts of the guest that are not UTF-8, or hold control
 * characters, are escaped as text_escape() does; an entry whose paths or arguments need that
 * is listed, but never chosen, and a problem says so.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_FSPROBE_H
#define COMMON_PROTOCOL_FSPROBE_H

#include "common/child.h"

#define FSPROBE_NAME "fsprobe" /* of the program */

#define FSPROBE_REQUEST_MAX (64 * 1024)

#define GUEST_DISKS_MAX 16 /* disks of one request */

#endif
