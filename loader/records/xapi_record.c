/* Loading a VM's record from xapi. See xapi_record.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/records/xapi_record.h"

#include <string.h>

void xapi_record_free(struct xapi_record *record)
{
    json_decref(record->json);
    json_decref(record->ref);
    json_decref(record->vbd_refs);
    *record = XAPI_RECORD_INIT;
}

static int check_ref(const json_t *ref, const char *what, struct error *err)
{
    const char *text = json_string_value(ref);
    if (text && text_is_word(text) && json_string_length(ref) <= XAPI_REF_MAX)
        return 0;
    return error_set(err, ERROR_INTERNAL, "xapi answered something that is no reference to a %s",
                     what);
}

/* A VM that is not there, or not any more, has an exit status of its own. */
static int call_vm(struct xapi *xapi, const char *method, json_t *params, json_type type,
                   json_t **result, struct error *err)
{
    if (xapi_call(xapi, method, params, type, result, err) == 0)
        return 0;
    if (xapi_failed_with(xapi, "UUID_INVALID", "VM") ||
        xapi_failed_with(xapi, "HANDLE_INVALID", "VM"))
        xapi->status = XAPI_NO_VM;
    return -1;
}

/* --- disks ----------------------------------------------------------------------------------- */

/* What is needed of the VBD REF, into RECORD. 1: it is gone. */
static int load_vbd(struct xapi *xapi, json_t *ref, struct xapi_record *record, json_t *vbds,
                    struct error *err)
{
    json_auto_t *device = NULL, *bootable = NULL;
    if (check_ref(ref, "VBD", err) < 0)
        return -1;
    if (xapi_call(xapi, "VBD.get_userdevice", json_pack("[O]", ref), JSON_STRING, &device, err) ==
            -1 ||
        xapi_call(xapi, "VBD.get_bootable", json_pack("[O]", ref), JSON_TRUE, &bootable, err) < 0)
        return xapi_failed_with(xapi, "HANDLE_INVALID", "VBD") ? 1 : -1;
    const char *name = json_string_value(device);
    if (json_object_get(record->vbd_refs, name))
        return error_set(err, ERROR_INTERNAL, "two of the VM's VBDs have the userdevice %s", name);
    json_object_set(record->vbd_refs, name, ref);
    json_array_append_new(vbds,
                          json_pack("{s:O, s:O}", "userdevice", device, "bootable", bootable));
    return 0;
}

/* The references in the record's VBDs give way to what they refer to. */
static int load_vbds(struct xapi *xapi, struct xapi_record *record, struct error *err)
{
    const json_t *refs = json_object_get(record->json, "VBDs");
    json_auto_t *vbds = json_array();
    size_t i;
    json_t *ref;

    record->vbd_refs = json_object();
    if (!json_is_array(refs))
        return error_set(err, ERROR_INTERNAL,
                         "the answer to VM.get_record has no list of the VM's VBDs");
    if (json_array_size(refs) > XAPI_VBDS_MAX)
        return error_set(err, ERROR_INTERNAL, "the VM has %zu VBDs, at most %d are allowed",
                         json_array_size(refs), XAPI_VBDS_MAX);
    json_array_foreach(refs, i, ref)
    {
        if (load_vbd(xapi, ref, record, vbds, err) < 0)
            return -1;
    }
    json_object_set(record->json, "VBDs", vbds);
    return 0;
}

/* --- the record ------------------------------------------------------------------------------ */

int xapi_record_load(struct xapi *xapi, struct xapi_record *record, struct error *err)
{
    *record = XAPI_RECORD_INIT;
    if (call_vm(xapi, "VM.get_by_uuid", json_pack("[s]", xapi->uuid), JSON_STRING, &record->ref,
                err) < 0 ||
        check_ref(record->ref, "VM", err) < 0 ||
        call_vm(xapi, "VM.get_record", json_pack("[O]", record->ref), JSON_OBJECT, &record->json,
                err) < 0)
        return -1;
    return load_vbds(xapi, record, err);
}
