/* A file that is booted: on one of the guest's filesystems, all of a file, or a part of one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_BOOT_FILE_H
#define FSPROBE_CONFIG_BOOT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "fsprobe/fs/guest.h"

struct boot_file {
    size_t volume; /* index into the guest's volumes */
    char *path;    /* absolute in that filesystem */
    /* Of a unified kernel image, its section ("PE" and all around it is no kernel): its name,
     * static, and where it is. NULL: the whole file is meant. */
    const char *section;
    uint64_t begin, length; /* bytes */
};

/* As guest_status(); of a part, its size. -1 with ERR too when the file is too short for it. */
int boot_file_status(struct guest *guest, const struct boot_file *file, struct file_status *status,
                     struct error *err) must_check;
/* The first bytes of FILE, MAX at most, into OUT. 1, 0, or -1 with ERR. */
int boot_file_read(struct guest *guest, const struct boot_file *file, size_t max,
                   struct buffer *out, struct error *err) must_check;
/* Where the bytes of FILE are, into MAP, which is empty. 1, 0, or -1 with ERR. */
int boot_file_map(struct guest *guest, const struct boot_file *file, struct file_map *map,
                  struct error *err) must_check;

#endif
