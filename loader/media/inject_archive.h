/* Files put behind a ramdisk, as one more cpio archive.
 *
 * Kernels unpack a ramdisk's archives one after the other, each compressed in its own way or plain,
 * and a file of a later one takes the place of an earlier one's (init/initramfs.c, and
 * Documentation/driver-api/early-userspace/buffer-format.rst). So nothing of the ramdisk is read or
 * written once more. What has to be kept:
 *   - a plain archive begins at a multiple of 4 bytes; zero bytes before it are passed over;
 *   - before it stand 4 zero bytes at least: lz4's streams have no end of their own, and a kernel
 *     takes what follows for the length of the next block, but zero for the end;
 *   - the file ends in zero bytes: Xen's domain builder takes the last 4 bytes of a ramdisk that
 *     begins as gzip for the length it unpacks to, and hands over what it unpacked, and nothing
 *     behind it, where the length fits; with zero it hands over the whole file as it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIA_INJECT_ARCHIVE_H
#define LOADER_MEDIA_INJECT_ARCHIVE_H

#include "common/error.h"
#include "distros/distros.h"
#include "loader/media/inject.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* What is to be booted. Strings belong to the caller. */
struct inject_into {
    const struct distro *distro; /* whose installer it is; NULL: not known */
    const char *vendor;          /* where the ramdisk came from, for messages; NULL: not known */
    const char *who;             /* is about to boot it, for the log: "VM web1" */
};

/* Puts the files of INJECT behind the ramdisk of OUTPUTS; where there is none, they are the
 * ramdisk. 0, also where there is nothing to inject; or -1 with ERR: the ramdisk is no archive, or
 * the installer takes none (ERROR_INVALID_SOURCE), it would get larger than LIMITS have it
 * (ERROR_LIMITS), a file has changed (ERROR_SUPPORT_PACKAGE). After an error the ramdisk is to be
 * thrown away. */
int inject_append(const struct settings *settings, const struct inject *inject,
                  const struct fetch_limits *limits, const struct inject_into *into,
                  struct outputs *outputs, struct error *err) must_check;

#endif
