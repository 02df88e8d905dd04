/* The limits of one run. See limits.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/limits.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "common/log.h"
#include "loader/output/outputs.h"

/* No size limit of a VM can be meant to be larger: 1 TiB. Bytes. */
#define LIMIT_MAX (UINT64_C(1) << 40)
/* With less room than this nothing can be booted: no kernel is that small. Bytes. */
#define ROOM_MIN (UINT64_C(1) << 20)
/* Of the room, a kernel gets one part in so many where not all fits, and the ramdisk the rest. */
#define KERNEL_SHARE 4

/* --- who says what ----------------------------------------------------------------------- */

/* One of the two limits, and all who may have said something of it; 0: nothing. */
struct sources {
    const char *kind;
    uint64_t words; /* root's, in the record */
    uint64_t setting;
    enum origin origin; /* of SETTING */
    uint64_t guest, host;
    uint64_t ceiling;                  /* of what others than root say */
    uint64_t editor, editor_in_record; /* an editor's words */
    bool editors_record;               /* others than root may have written the record */
};

/* VALUE, which somebody else than root may have said. */
static uint64_t below_ceiling(const struct sources *sources, uint64_t host, uint64_t value,
                              enum limit_reason *reason)
{
    uint64_t ceiling = sources->ceiling > host ? sources->ceiling : host;

    if (!sources->editors_record || value <= ceiling)
        return value;
    *reason = LIMIT_CEILING;
    return ceiling;
}

static int read_limit(const struct record *record, const struct sources *sources, uint64_t *limit,
                      enum limit_reason *reason, struct error *err)
{
    auto_free char *key = xasprintf("pv-%s-max-size", sources->kind);
    const char *value = NULL;

    *limit = sources->setting;
    if (sources->origin == ORIGIN_COMMAND_LINE)
        return 0;
    if (sources->words) {
        *limit = sources->words;
        return 0;
    }
    if (record && record_get(record, "platform", key, &value, err) < 0)
        return -1;
    uint64_t said = 0;
    if (value && *value && (!text_to_size(value, LIMIT_MAX, &said) || said == 0))
        return error_set(err, ERROR_INTERNAL, "VM %s: platform:%s is not a size in bytes: '%s'",
                         record->id, key, value);
    if (sources->origin == ORIGIN_DEFAULT && sources->host)
        *limit = sources->host;
    if (said || sources->guest)
        *limit = below_ceiling(sources, *limit, said ? said : sources->guest, reason);
    return 0;
}

/* An editor's word lowers LIMIT. */
static int lower(const struct sources *sources, uint64_t word, uint64_t *limit,
                 enum limit_reason *reason, struct error *err)
{
    if (!word)
        return 0;
    if (word > *limit)
        return error_set(err, ERROR_USAGE,
                         "--%s-max-size=%llu in a VM's PV_bootloader_args would raise the limit, "
                         "which is %llu bytes, and its editor may only lower it there; root writes "
                         "it before --vm, or sets platform:pv-%s-max-size",
                         sources->kind, (unsigned long long)word, (unsigned long long)*limit,
                         sources->kind);
    *limit = word;
    *reason = LIMIT_SET;
    return 0;
}

static int find_limit(const struct record *record, const struct sources *sources, uint64_t *limit,
                      enum limit_reason *reason, struct error *err)
{
    if (read_limit(record, sources, limit, reason, err) < 0 ||
        lower(sources, sources->editor_in_record, limit, reason, err) < 0 ||
        lower(sources, sources->editor, limit, reason, err) < 0)
        return -1;
    return 0;
}

/* A value of a record's words counts when it stands there: they have defaults like all settings. */
static uint64_t said(enum origin origin, uint64_t value)
{
    return origin == ORIGIN_COMMAND_LINE ? value : 0;
}

int limits_read(const struct settings *settings, const struct settings *words,
                const struct record *record, const struct xenstore_found *store,
                struct fetch_limits *limits, struct error *err)
{
    bool editors_record = !settings->trust_words && record && !record_is_roots(record);
    const struct sources kernel = {
        .kind = "kernel",
        .words = words ? said(words->kernel_max_origin, words->kernel_max) : 0,
        .setting = settings->kernel_max,
        .origin = settings->kernel_max_origin,
        .guest = store->vm_kernel_max,
        .host = store->host_kernel_max,
        .ceiling = settings->kernel_ceiling,
        .editor = settings->editor_kernel_max,
        .editor_in_record = words ? words->editor_kernel_max : 0,
        .editors_record = editors_record};
    const struct sources ramdisk = {
        .kind = "ramdisk",
        .words = words ? said(words->ramdisk_max_origin, words->ramdisk_max) : 0,
        .setting = settings->ramdisk_max,
        .origin = settings->ramdisk_max_origin,
        .guest = store->vm_ramdisk_max,
        .host = store->host_ramdisk_max,
        .ceiling = settings->ramdisk_ceiling,
        .editor = settings->editor_ramdisk_max,
        .editor_in_record = words ? words->editor_ramdisk_max : 0,
        .editors_record = editors_record};

    *limits = (struct fetch_limits){.vm = record ? record->id : NULL};
    if (find_limit(record, &kernel, &limits->kernel_max, &limits->kernel_reason, err) < 0 ||
        find_limit(record, &ramdisk, &limits->ramdisk_max, &limits->ramdisk_reason, err) < 0)
        return -1;
    return 0;
}

/* --- room -------------------------------------------------------------------------------- */

/* Bytes that are free where DIRECTORY is, or will be made. -1 with errno. */
static int free_space(const char *directory, uint64_t *bytes)
{
    auto_free char *path = xstrdup(directory);
    struct statvfs status;
    char *slash;

    while (statvfs(path, &status) < 0) {
        if (errno != ENOENT || !(slash = strrchr(path, '/')))
            return -1;
        slash[slash == path] = '\0';
    }
    if (__builtin_mul_overflow((uint64_t)status.f_bavail, (uint64_t)status.f_frsize, bytes))
        *bytes = UINT64_MAX;
    return 0;
}

static uint64_t room(uint64_t available, uint64_t reserve)
{
    return available > reserve ? available - reserve : 0;
}

uint64_t limits_room(const struct settings *settings, const char *directory)
{
    uint64_t available;

    return free_space(directory, &available) < 0 ? UINT64_MAX
                                                 : room(available, settings->output_reserve);
}

/* Enough for both limits, whatever they are: at most 2 TiB. */
static bool fits(const struct fetch_limits *limits, uint64_t bytes)
{
    return limits->kernel_max + limits->ramdisk_max <= bytes;
}

static void lower_to(uint64_t *limit, enum limit_reason *reason, uint64_t bytes)
{
    if (*limit <= bytes)
        return;
    *limit = bytes;
    *reason = LIMIT_ROOM;
}

int limits_fit(const struct settings *settings, const char *directory, struct fetch_limits *limits,
               struct error *err)
{
    uint64_t available, reserve = settings->output_reserve;

    /* Whoever makes the files there will say what is wrong with it. */
    if (free_space(directory, &available) < 0 || fits(limits, room(available, reserve)))
        return 0;
    /* What earlier runs left may be all that is too much. */
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    if (outputs_open(&outputs, directory, true, err) < 0)
        return -1;
    outputs_free(&outputs);
    outputs = OUTPUTS_INIT;
    uint64_t bytes = free_space(directory, &available) < 0 ? 0 : room(available, reserve);
    if (bytes < ROOM_MIN) {
        char has[TEXT_SIZE_LENGTH], keeps[TEXT_SIZE_LENGTH];
        return error_set(err, ERROR_LIMITS,
                         "%s has %s free, of which %s stay free (output-reserve in %s): there is "
                         "no room for a kernel and a ramdisk; make room there",
                         directory, text_from_size(available, has), text_from_size(reserve, keeps),
                         settings->config);
    }
    lower_to(&limits->kernel_max, &limits->kernel_reason, bytes / KERNEL_SHARE);
    lower_to(&limits->ramdisk_max, &limits->ramdisk_reason, bytes - limits->kernel_max);
    log_step("%s has room for a kernel of %llu bytes and a ramdisk of %llu", directory,
             (unsigned long long)limits->kernel_max, (unsigned long long)limits->ramdisk_max);
    return 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

int limits_fit_alike(const struct settings *settings, const char *directory, uint64_t *kernel_max,
                     uint64_t *ramdisk_max, struct error *err)
{
    uint64_t larger = *kernel_max > *ramdisk_max ? *kernel_max : *ramdisk_max;
    struct fetch_limits alike = {.kernel_max = larger, .ramdisk_max = larger};

    if (limits_fit(settings, directory, &alike, err) < 0)
        return -1;
    uint64_t each = (alike.kernel_max + alike.ramdisk_max) / 2;
    *kernel_max = smaller(*kernel_max, each);
    *ramdisk_max = smaller(*ramdisk_max, each);
    return 0;
}
