/* A VM's record in xapi's database: loading it, and changing it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORDS_XAPI_RECORD_H
#define LOADER_RECORDS_XAPI_RECORD_H

#include <jansson.h>

#include "common/error.h"
#include "loader/records/xapi.h"

/* VBDs of one VM. Xen's own limit for a guest is 255. */
#define XAPI_VBDS_MAX 255
/* Bytes of an opaque reference ("OpaqueRef:" and a UUID). */
#define XAPI_REF_MAX 256
/* How often a map's key is removed and added again while somebody else adds it, too. */
#define XAPI_MAP_TRIES_MAX 5

/* Changes of one commit. The loader's own lists have less than 30. */
#define XAPI_CHANGES_MAX 1000

struct xapi_record {
    json_t *json;     /* as ../record.h describes a record; owned, as are the others */
    json_t *ref;      /* the VM's reference, text */
    json_t *vbd_refs; /* by userdevice: the reference of the VBD, text */
};
#define XAPI_RECORD_INIT \
    (struct xapi_record) \
    {                    \
        NULL, NULL, NULL \
    }
void xapi_record_free(struct xapi_record *record);
#define auto_xapi_record __attribute__((cleanup(xapi_record_free)))

/* Loads the record of xapi->uuid. A VBD that is unplugged meanwhile is left out. 0; or -1 with ERR
 * and, when there is no such VM (any more), xapi->status XAPI_NO_VM. */
int xapi_record_load(struct xapi *xapi, struct xapi_record *record, struct error *err) must_check;

/* Says whether CHANGES (as ../record.h describes them) are such as xapi can make, whatever the
 * record. 0, or -1 with ERR. No I/O. */
int xapi_check_changes(const json_t *changes, struct error *err) must_check;

/* Loads the record, checks all tests of CHANGES, then makes all other changes in their order, but
 * those that are made already. 0; or -1 with ERR, and xapi->status as for loading, or XAPI_CHANGED
 * when a test does not hold, and then nothing was changed. */
int xapi_commit(struct xapi *xapi, const json_t *changes, struct error *err) must_check;

#endif
