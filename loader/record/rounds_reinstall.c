/* Back to round 1. See rounds.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/rounds.h"

#include "loader/record/rounds_edit.h"

static int require_repository(const struct record *record, struct error *err)
{
    const char *repository;
    if (record_get_default(record, CONFIG, "install-repository", "", &repository, err) < 0)
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
    if (record_get(record, CONFIG, "install-distro", &now, err) < 0 ||
        record_get_default(record, CONFIG, ROUNDS_DISTRO, "", &old, err) < 0)
        return -1;
    if (!now && *old)
        record_change_set(changes, CONFIG, "install-distro", old);
    return 0;
}

static int restore_field(const struct record *record, json_t *changes, const char *field,
                         const char *memory, struct error *err)
{
    const char *old;
    if (record_get(record, CONFIG, memory, &old, err) < 0)
        return -1;
    return old ? rounds_set(record, changes, NULL, field, old, err) : 0;
}

static void forget(const struct record *record, json_t *changes)
{
    rounds_remove(record, changes, CONFIG, ROUNDS_DISTRO);
    rounds_remove(record, changes, CONFIG, ROUNDS_BOOTLOADER_ARGS);
    rounds_remove(record, changes, CONFIG, ROUNDS_PV_ARGS);
    rounds_remove(record, changes, CONFIG, ROUNDS_BOOTABLE);
    rounds_forget_limits(record, changes);
    /* Last: while it is there, an install-round that is not means an installed VM. */
    rounds_remove(record, changes, CONFIG, ROUNDS_NATIVE);
}

int rounds_reinstall(const struct record *record, json_t *changes, struct error *err)
{
    if (require_repository(record, err) < 0 || rounds_add_tests(record, changes, err) < 0 ||
        restore_distro(record, changes, err) < 0 ||
        rounds_restore_limits(record, changes, err) < 0 ||
        restore_field(record, changes, "PV_bootloader_args", ROUNDS_BOOTLOADER_ARGS, err) < 0 ||
        restore_field(record, changes, "PV_args", ROUNDS_PV_ARGS, err) < 0 ||
        rounds_restore_bootable(record, changes, err) < 0 ||
        rounds_set(record, changes, CONFIG, "install-round", "1", err) < 0 ||
        rounds_set(record, changes, NULL, "PV_bootloader", "eliloader", err) < 0)
        return -1;
    forget(record, changes);
    return 0;
}
