/* Back to round 1, and the bootable flags of a VM's disks. See rounds_reinstall.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/rounds_reinstall.h"

#include <string.h>

#include "loader/record/changes.h"
#include "loader/record/rounds_edit.h"
#include "loader/record/rounds_state.h"

/* --- the bootable flags: the disk alone, and as it was before ------------------------------ */

/* The text USERDEVICE of a VBD; NULL with ERR when there is none that one can use. */
static const char *userdevice_of(const struct record *record, const json_t *vbd, struct error *err)
{
    const json_t *value = json_object_get(vbd, "userdevice");
    const char *device = json_string_value(value);
    if (device && text_is_word(device) && json_string_length(value) <= RECORD_KEY_MAX)
        return device;
    (void)error_set(err, ERROR_INTERNAL,
                    "the record of VM '%s' is damaged: one of its VBDs has no usable userdevice",
                    record->id);
    return NULL;
}

/* True when WORD is one of the words of LIST, which single spaces separate. */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at++)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

/* What is bootable now, in the form of ROUNDS_BOOTABLE, into LIST; FLAGS gets the changes that
 * make it the disk alone. */
static int plan_bootable(const struct record *record, struct buffer *list, json_t *flags,
                         struct error *err)
{
    size_t i;
    json_t *vbd;
    json_array_foreach(json_object_get(record->json, "VBDs"), i, vbd)
    {
        const char *device = userdevice_of(record, vbd, err);
        if (!device)
            return -1;
        bool now = json_is_true(json_object_get(vbd, "bootable"));
        if (now && !buffer_addf(list, "%s%s", list->length ? " " : "", device))
            return error_set(err, ERROR_INTERNAL, "VM '%s' has too many bootable disks",
                             record->id);
        if (now != (strcmp(device, "0") == 0))
            record_change_bootable(flags, device, !now);
    }
    return 0;
}

/* True when NOW may be what OLD became by some of plan_bootable()'s changes: an earlier run was
 * stopped between them. */
static bool came_from(const char *now, const char *old)
{
    auto_free char *copy = xstrdup(now);
    char *rest = copy;
    for (char *device; (device = strsep(&rest, " "));)
        if (*device && strcmp(device, "0") != 0 && !has_word(old, device))
            return false;
    return true;
}

int rounds_boot_from_disk(const struct record *record, json_t *changes, struct error *err)
{
    auto_buffer struct buffer now = BUFFER_INIT(RECORD_VALUE_MAX);
    json_auto_t *flags = json_array();
    const char *old;
    if (record_get(record, RECORD_CONFIG, ROUNDS_BOOTABLE, &old, err) < 0 ||
        plan_bootable(record, &now, flags, err) < 0)
        return -1;
    if (json_array_size(flags) == 0)
        return 0;
    if (!old || !came_from(buffer_text(&now), old))
        record_change_set(changes, RECORD_CONFIG, ROUNDS_BOOTABLE, buffer_text(&now));
    json_array_extend(changes, flags);
    return 0;
}

/* The bootable flags as rounds_boot_from_disk() remembered them. */
static int restore_bootable(const struct record *record, json_t *changes, struct error *err)
{
    const char *list;
    if (record_get(record, RECORD_CONFIG, ROUNDS_BOOTABLE, &list, err) < 0)
        return -1;
    if (!list)
        return 0;
    size_t i;
    json_t *vbd;
    json_array_foreach(json_object_get(record->json, "VBDs"), i, vbd)
    {
        const char *device = userdevice_of(record, vbd, err);
        if (!device)
            return -1;
        bool old = has_word(list, device);
        if (old != json_is_true(json_object_get(vbd, "bootable")))
            record_change_bootable(changes, device, old);
    }
    return 0;
}

/* --- back to round 1 ---------------------------------------------------------------------- */

static int require_repository(const struct record *record, struct error *err)
{
    const char *repository;
    if (record_get_default(record, RECORD_CONFIG, "install-repository", "", &repository, err) < 0)
        return -1;
    if (*repository)
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "VM '%s' cannot be installed again, for it has no install-repository; set "
                     "one first: eliloader vm set %s install-repository=URL",
                     record->id, record->id);
}

static int restore_distro(const struct record *record, json_t *changes, struct error *err)
{
    const char *now, *old;
    if (record_get(record, RECORD_CONFIG, "install-distro", &now, err) < 0 ||
        record_get_default(record, RECORD_CONFIG, ROUNDS_DISTRO, "", &old, err) < 0)
        return -1;
    if (!now && *old)
        record_change_set(changes, RECORD_CONFIG, "install-distro", old);
    return 0;
}

static int restore_field(const struct record *record, json_t *changes, const char *field,
                         const char *memory, struct error *err)
{
    const char *old;
    if (record_get(record, RECORD_CONFIG, memory, &old, err) < 0)
        return -1;
    return old ? rounds_set(record, changes, NULL, field, old, err) : 0;
}

static void forget(const struct record *record, json_t *changes)
{
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_DISTRO);
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_BOOTLOADER_ARGS);
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_PV_ARGS);
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_BOOTABLE);
    rounds_forget_limits(record, changes);
    /* Last: while it is there, an install-round that is not means an installed VM. */
    rounds_remove(record, changes, RECORD_CONFIG, ROUNDS_NATIVE);
}

int rounds_reinstall(const struct record *record, json_t *changes, struct error *err)
{
    if (require_repository(record, err) < 0 || rounds_add_tests(record, changes, err) < 0 ||
        restore_distro(record, changes, err) < 0 ||
        rounds_restore_limits(record, changes, err) < 0 ||
        restore_field(record, changes, "PV_bootloader_args", ROUNDS_BOOTLOADER_ARGS, err) < 0 ||
        restore_field(record, changes, "PV_args", ROUNDS_PV_ARGS, err) < 0 ||
        restore_bootable(record, changes, err) < 0 ||
        rounds_set(record, changes, RECORD_CONFIG, "install-round", "1", err) < 0 ||
        rounds_set(record, changes, NULL, "PV_bootloader", "eliloader", err) < 0)
        return -1;
    forget(record, changes);
    return 0;
}
