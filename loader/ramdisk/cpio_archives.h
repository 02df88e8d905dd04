/* All entries of a ramdisk: of each archive in it, one after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_CPIO_ARCHIVES_H
#define LOADER_RAMDISK_CPIO_ARCHIVES_H

#include "common/error.h"
#include "loader/ramdisk/cpio.h"
#include "loader/ramdisk/stream.h"

struct archives_visitor {
    /* Must pass the entry's content by (cpio_content()). 0, or -1 with ERR. */
    int (*entry)(void *context, struct cpio_reader *reader, const struct cpio_entry *entry,
                 struct error *err);
    /* Behind an archive's last entry; or NULL. */
    int (*end)(void *context, struct error *err);
    void *context;
};

/* Shows VISITOR all entries of STREAM, which stands at its start. 0; or -1 with ERR: the visitor's,
 * or that STREAM holds no archive, or something else as well. */
int archives_read(struct stream *stream, const struct archives_visitor *visitor,
                  struct error *err) must_check;

#endif
