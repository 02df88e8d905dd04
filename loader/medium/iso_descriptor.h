/* The primary volume descriptor of an ISO 9660 image, and the checksum that is implanted in it.
 *
 * Descriptors are sectors of 2048 bytes from sector 16 on, up to one of type 255 (ECMA-119, 8.1);
 * the primary one has type 1. Of it are read the volume's label (bytes 40 to 71), its size in
 * sectors (big-endian at 84) and the 512 bytes for applications (at 883), in which
 * implantisomd5(1) writes a text of fields that end in ';':
 *   ISO MD5SUM = HEX    of the image without its last sectors, with the 512 bytes as spaces
 *   SKIPSECTORS = N     how many of the last sectors are left out
 *   RHLISOSTATUS=0|1
 *   FRAGMENT SUMS = HEX, FRAGMENT COUNT = N       see iso_md5.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_ISO_DESCRIPTOR_H
#define LOADER_MEDIUM_ISO_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/memory.h"

#define ISO_SECTOR 2048
/* The descriptors that are looked at; every real image has two to five. */
#define ISO_FIRST_DESCRIPTOR 16
#define ISO_DESCRIPTORS_MAX  32
/* The application-use field in its sector. Bytes. */
#define ISO_APPLICATION_AT     883
#define ISO_APPLICATION_LENGTH 512

#define ISO_LABEL_MAX         32
#define ISO_FRAGMENT_SUMS_MAX 60 /* hex digits, for all fragments */

struct implanted {
    char md5[33]; /* lower-case hex; "": there is none */
    uint32_t skip_sectors;
    char fragment_sums[ISO_FRAGMENT_SUMS_MAX + 1]; /* "": none */
    unsigned fragment_count;                       /* 1 to ISO_FRAGMENT_SUMS_MAX, or 0 */
};

struct descriptor {
    uint64_t at;                   /* of the descriptor, bytes into the image */
    uint64_t size;                 /* of the volume, bytes */
    char label[ISO_LABEL_MAX + 1]; /* any bytes, without spaces at the end */
    struct implanted implanted;
};

/* Looks for the primary volume descriptor of the image FD. 1: found; 0: this is no ISO 9660
 * image; -1 with errno: it cannot be read. */
int descriptor_read(int fd, struct descriptor *descriptor) must_check;

/* Takes the ISO_APPLICATION_LENGTH bytes at TEXT apart. What is not as it should be counts as not
 * there. */
void implanted_parse(const char *text, struct implanted *implanted);

#endif
