/* Two cpio ramdisks made one: the vendor's with the overlay's entries in place of those of the
 * same path.
 *
 * Unpacking the result gives what unpacking the vendor's and then the overlay's with
 * `cpio -idu` gives; kernels' own rules agree with it. So:
 *   - the overlay's entry of a path is the only one of it in the result;
 *   - a directory of the vendor's with something in it is not replaced by another thing: the
 *     overlay's entry is left out, with a note;
 *   - a symbolic link of the vendor's on the way to another of its entries stays in front of that
 *     one, even when the overlay replaces the link afterwards.
 * Where it differs, it is for kernels, which make no directory that no entry names: directories
 * that only the overlay has come before all its files, and those that it needs and nobody
 * names are added (root's, 0755).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_CPIO_MERGE_H
#define LOADER_RAMDISK_CPIO_MERGE_H

#include "common/error.h"
#include "common/helper/report.h"
#include "loader/ramdisk/output.h"
#include "loader/ramdisk/stream.h"

/* Writes VENDOR's entries with OVERLAY's over them to OUTPUT, as one newc archive. The overlay is
 * read twice; the vendor's too when the content of hard links passed by too early (see
 * cpio_links.h). 0, or -1 with ERR. */
int merge_archives(struct stream *vendor, struct stream *overlay, struct output *output,
                   struct report *report, struct error *err) must_check;

#endif
