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
struct xapi_record {
    json_t *json;     /* as loader/record/record.h describes a record; owned, as are the others */
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

#endif
