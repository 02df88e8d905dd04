/* The request that eliloader sends: its JSON checked and taken apart.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_REQUEST_H
#define LOADER_FETCH_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "common/checksum.h"
#include "common/error.h"
#include "common/memory.h"
#include "common/protocol/fetch.h"

#define REQUEST_URL_MAX     4096         /* bytes of the repository's and the proxy's URL */
#define REQUEST_TEXT_MAX    1024         /* bytes of any other text but the certificates */
#define REQUEST_SIZE_MAX    (1ULL << 40) /* bytes that a limit may allow */
#define REQUEST_TIMEOUT_MAX 86400        /* seconds */

/* A checksum that another mirror of the repository gave for the file PATH. */
struct bound_file {
    const char *path;
    struct checksum sum;
};

/* A file that the host has, and what it is known by. */
struct held_file {
    const char *path, *validator; /* in the repository; NULL: it is not known to be of it */
    struct checksum sha256;
};

/* See fetch.h. Strings belong to `json`; NULL where the request has none. */
struct fetch_request {
    json_t *json;
    bool identify;      /* the repository is only to be told of */
    bool sums;          /* of one file only: REPOSITORY, FAMILY and ARCH may be NULL */
    bool ramdisk_alone; /* RAMDISK and no kernel: FAMILY and ARCH may be NULL */
    const char *repository, *family, *arch, *release;
    const char *kernel, *ramdisk; /* paths in the repository */
    const char *proxy, *cacert, *agent;
    bool all_digests;         /* of both files; else: */
    unsigned ramdisk_digests; /* DIGEST_BITs */
    struct bound_file bound[FETCH_BOUND_MAX];
    size_t bound_count;
    struct held_file *held; /* owned */
    size_t held_count;
    bool held_only;                          /* whatever else comes is an error */
    uint64_t kernel_max, ramdisk_max;        /* bytes */
    unsigned connect_timeout, stall_timeout; /* seconds */
    unsigned total_timeout;                  /* seconds */
    bool redirects_private, redirects_any, downgrade;
    uid_t uid;
    bool own_user, complete; /* as of struct confine */
};

/* Fills REQUEST from LENGTH bytes of JSON. 0; or -1 with ERR naming the member that is
 * missing, of a wrong type or out of bounds. The caller frees in either case. */
int fetch_request_parse(const char *text, size_t length, struct fetch_request *request,
                        struct error *err) must_check;
void fetch_request_free(struct fetch_request *request);
#define auto_fetch_request __attribute__((cleanup(fetch_request_free)))

#endif
