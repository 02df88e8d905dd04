/* One disk of an xl.cfg, as libxlu reads it (xl-disk-configuration(5)).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_XL_DISK_H
#define LOADER_CHECK_XL_DISK_H

#include <stdbool.h>

#include "common/error.h"
#include "common/memory.h"

/* Starts zeroed; owned, freed by xl_disk_free(). */
struct xl_disk {
    char *target; /* may be empty, or NULL with CDROM */
    char *vdev;   /* "xvda" */
    char *format; /* "raw", "qcow2", … or "empty"; never NULL after xl_disk_parse() */
    char *script; /* NULL: none */
    char *backend_domain, *backend;
    bool cdrom, writable;
};
void xl_disk_free(struct xl_disk *disk);
#define auto_xl_disk __attribute__((cleanup(xl_disk_free)))

/* 0; or -1 with ERR, which quotes what is wrong. The caller frees DISK in both cases. */
int xl_disk_parse(const char *text, struct xl_disk *disk, struct error *err) must_check;

#endif
