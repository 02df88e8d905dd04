/* The limits of one run. See limits.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/limits.h"

#include "loader/boot/xenstore.h"

/* No size limit of a VM can be meant to be larger: 1 TiB. Bytes. */
#define LIMIT_MAX (UINT64_C(1) << 40)

/* One of the two limits, and all who may have said something of it; 0: nothing. */
struct sources {
    const char *key; /* of platform */
    uint64_t words;
    uint64_t setting;
    enum origin origin; /* of SETTING */
    uint64_t guest, host;
};

static int read_limit(const struct record *record, const struct sources *sources, uint64_t *limit,
                      struct error *err)
{
    const char *value = NULL;

    *limit = sources->setting;
    if (sources->origin == ORIGIN_COMMAND_LINE)
        return 0;
    if (sources->words) {
        *limit = sources->words;
        return 0;
    }
    if (record && record_get(record, "platform", sources->key, &value, err) < 0)
        return -1;
    if (value && *value) {
        if (text_to_size(value, LIMIT_MAX, limit) && *limit != 0)
            return 0;
        return error_set(err, ERROR_INTERNAL, "VM %s: platform:%s is not a size in bytes: '%s'",
                         record->id, sources->key, value);
    }
    if (sources->guest)
        *limit = sources->guest;
    else if (sources->origin == ORIGIN_DEFAULT && sources->host)
        *limit = sources->host;
    return 0;
}

/* A value of a record's words counts when it stands there: they have defaults like all settings. */
static uint64_t said(enum origin origin, uint64_t value)
{
    return origin == ORIGIN_COMMAND_LINE ? value : 0;
}

int limits_read(const struct settings *settings, const struct settings *words,
                const struct record *record, struct fetch_limits *limits, struct error *err)
{
    struct xenstore_limits store = {0};

    /* Nobody is asked whose answer would not count. */
    if (settings->kernel_max_origin != ORIGIN_COMMAND_LINE ||
        settings->ramdisk_max_origin != ORIGIN_COMMAND_LINE)
        xenstore_read_limits(xenstore_domid(settings->output_directory), &store);
    const struct sources kernel = {
        "pv-kernel-max-size", words ? said(words->kernel_max_origin, words->kernel_max) : 0,
        settings->kernel_max, settings->kernel_max_origin,
        store.vm_kernel_max,  store.host_kernel_max};
    const struct sources ramdisk = {
        "pv-ramdisk-max-size", words ? said(words->ramdisk_max_origin, words->ramdisk_max) : 0,
        settings->ramdisk_max, settings->ramdisk_max_origin,
        store.vm_ramdisk_max,  store.host_ramdisk_max};

    *limits = (struct fetch_limits){.vm = record ? record->id : NULL};
    if (read_limit(record, &kernel, &limits->kernel_max, err) < 0 ||
        read_limit(record, &ramdisk, &limits->ramdisk_max, err) < 0)
        return -1;
    return 0;
}
