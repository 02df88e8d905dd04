/* The request to ramdisk, checked. See ramdisk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_REQUEST_H
#define LOADER_RAMDISK_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/memory.h"

#define RAMDISK_NAME_MAX  4096                /* bytes of a file's name */
#define RAMDISK_LIMIT_MAX (UINT64_C(1) << 40) /* bytes; a guest has no such memory */

/* Strings belong to `json`. */
struct ramdisk_request {
    json_t *json;
    bool look;   /* say what it is, and make nothing; there is no overlay then */
    bool ext2;   /* else cpio */
    bool append; /* joined behind, nothing is unpacked */
    uint64_t limit;
    uid_t uid;
    bool own_user, complete; /* as of struct confine */
    const char *vendor, *overlay;
};

/* Takes the LENGTH bytes at TEXT apart into REQUEST. 0; or -1 with ERR, which names the member that
 * is missing or wrong. The caller frees in both cases. */
int ramdisk_request_parse(const char *text, size_t length, struct ramdisk_request *request,
                          struct error *err) must_check;
void ramdisk_request_free(struct ramdisk_request *request);

#endif
