/* xapi's errors in words. Names and parameters: the XenAPI reference, "Errors".
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/records/xapi_errors.h"

#include <string.h>

#include "common/text.h"

/* What is shown of an error's parameters, of which xapi sends as many as it likes. */
#define PARAMETERS_MAX      8
#define PARAMETER_BYTES_MAX 256
#define NAME_BYTES_MAX      128
/* Of all of them together, with what stands between them. */
#define PARAMETERS_TEXT_MAX (PARAMETERS_MAX * (PARAMETER_BYTES_MAX + 8))

#define SEE_LOG "see /var/log/xensource.log"

/* What a name means, in words that may stand after "METHOD: ". */
static const struct {
    const char *name, *meaning;
} meanings[] = {
    {"CANNOT_CONTACT_HOST", "the pool's master cannot be reached; see `xe host-list`"},
    {"DB_UNIQUENESS_CONSTRAINT_VIOLATION", "xapi's database has this already"},
    {"FIELD_TYPE_ERROR", "xapi takes no such value there"},
    {"HOST_OFFLINE", "the host is offline; see `xe host-list`"},
    {"HOST_STILL_BOOTING", "xapi is still starting; try again in a minute"},
    {"INTERNAL_ERROR", "xapi failed within; " SEE_LOG},
    {"MAP_DUPLICATE_KEY", "the key is there already"},
    {"MESSAGE_METHOD_UNKNOWN", "this xapi does not know the method"},
    {"MESSAGE_PARAMETER_COUNT_MISMATCH", "this xapi takes other parameters"},
    {"NOT_IMPLEMENTED", "this xapi does not have the method"},
    {"OPERATION_NOT_ALLOWED", "xapi does not allow this now"},
    {"OTHER_OPERATION_IN_PROGRESS", "xapi is doing something else with it; try again"},
    {"PERMISSION_DENIED", "eliloader may not; it must run as root in dom0"},
    {"RBAC_PERMISSION_DENIED", "eliloader may not; it must run as root in dom0"},
    {"SESSION_AUTHENTICATION_FAILED", "the login was refused; eliloader must run as root in dom0"},
    {"SESSION_INVALID", "xapi ended the session again and again; was it restarted? Try again"},
    {"SESSION_NOT_REGISTERED", "xapi does not know the session; try again"},
    {"TOO_BUSY", "xapi has too much to do; try again"},
    {"VALUE_NOT_SUPPORTED", "xapi takes no such value there"},
};

static const char *meaning_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
        if (strcmp(meanings[i].name, name) == 0)
            return meanings[i].meaning;
    return NULL;
}

/* The parameters as " (A, B)", bounded, or nothing when there are none. */
static char *list_parameters(const json_t *data)
{
    struct buffer text = BUFFER_INIT(PARAMETERS_TEXT_MAX);
    size_t count = json_array_size(data);

    for (size_t i = 0; i < count && i < PARAMETERS_MAX; i++) {
        const char *value = json_string_value(json_array_get(data, i));
        (void)buffer_addf(&text, "%s%.*s", i == 0 ? " (" : ", ", PARAMETER_BYTES_MAX,
                          value ? value : "?");
    }
    if (count > PARAMETERS_MAX)
        (void)buffer_addf(&text, ", and %zu more", count - PARAMETERS_MAX);
    if (count > 0)
        (void)buffer_add_text(&text, ")");
    return buffer_take(&text);
}

static int explain_slave(const json_t *data, struct error *err)
{
    const char *address = json_string_value(json_array_get(data, 0));
    return error_set(err, ERROR_INTERNAL,
                     "this host is a pool member whose xapi redirects to the pool's master%s%.*s, "
                     "where eliloader has no login; start the VM on the master, or keep a record "
                     "for it on this host (`eliloader vm create --record=file`)",
                     address ? " at " : "", PARAMETER_BYTES_MAX, address ? address : "");
}

static bool is_about_the_vm(const struct jsonrpc_failure *failure)
{
    const char *class = json_string_value(json_array_get(failure->data, 0));
    return class && strcmp(class, "VM") == 0;
}

int xapi_explain(const struct jsonrpc_failure *failure, const char *method, const char *uuid,
                 struct error *err)
{
    const char *name = failure->name;
    if (strcmp(name, "UUID_INVALID") == 0 && is_about_the_vm(failure))
        return error_set(err, ERROR_INTERNAL, "there is no VM %s in this pool's xapi", uuid);
    if (strcmp(name, "HANDLE_INVALID") == 0 && is_about_the_vm(failure))
        return error_set(err, ERROR_INTERNAL, "the VM was destroyed meanwhile (%s)", method);
    if (strcmp(name, "HANDLE_INVALID") == 0)
        return error_set(err, ERROR_INTERNAL, "one of the VM's disks was removed meanwhile (%s)",
                         method);
    if (strcmp(name, "HOST_IS_SLAVE") == 0)
        return explain_slave(failure->data, err);
    const char *meaning = meaning_of(name);
    auto_free char *parameters = list_parameters(failure->data);
    return error_set(err, ERROR_INTERNAL, "xapi refused %s with %.*s%s%s%s", method, NAME_BYTES_MAX,
                     name, parameters, meaning ? ": " : "", meaning ? meaning : "");
}
