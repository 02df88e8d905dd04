/* How people write a place on an NFS server, taken apart:
 *   nfs://HOST/PATH, nfs://HOST:PORT/PATH   RFC 2224; percent signs are decoded, and arguments of
 *                                           libnfs may follow:
 * ?version=3&nfsport=2049&mountport=635 nfs://HOST:/PATH                        as above, without a
 * port nfs:HOST:/PATH                          as mount(8) has it, behind nfs:
 *   nfs:OPTION,…:HOST:/PATH                 anaconda's, with options of mount(8)
 * An address of IPv6 stands in brackets. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_NFS_PLACE_H
#define LOADER_FETCH_NFS_PLACE_H

#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

#define NFS_PORT_USUAL 2049

/* Owned strings; starts zeroed. */
struct nfs_place {
    char *host;          /* name or address, without brackets */
    char *path;          /* of the repository, from '/' on */
    unsigned version;    /* 3 or 4; 0: whichever the server has */
    uint16_t nfs_port;   /* 0: 2049 with version 4; what the server's portmapper says with 3 */
    uint16_t mount_port; /* 0: what the server's portmapper says */
};

/* Takes TEXT apart. 0; or -1 with ERROR_INVALID_SOURCE. The caller frees in either case. */
int nfs_place_parse(const char *text, struct nfs_place *place, struct error *err) must_check;
void nfs_place_free(struct nfs_place *place);
#define auto_nfs_place __attribute__((cleanup(nfs_place_free)))

#endif
