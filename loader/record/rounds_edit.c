/* The parts of the lists of changes. See rounds_edit.h.
 *
 * A backend that cannot make all changes at once, and replaces a key by removing and adding it, may
 * be stopped between any two of its steps: a key that is to be replaced can be found absent.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/record/rounds_edit.h"

#include "loader/record/changes.h"
#include "loader/record/rounds_state.h"

/* A size limit of platform that changes with the end of an installation. */
struct limit {
    const char *key;         /* in platform: what holds now */
    const char *postinstall; /* in platform: what holds after the installation */
    const char *old;         /* in other_config: what held before */
    const char *moved;       /* in other_config: what was moved */
};

static const struct limit limits[] = {
    {"pv-kernel-max-size", "pv-postinstall-kernel-max-size", ROUNDS_KERNEL_MAX,
     ROUNDS_POSTINSTALL_KERNEL_MAX},
    {"pv-ramdisk-max-size", "pv-postinstall-ramdisk-max-size", ROUNDS_RAMDISK_MAX,
     ROUNDS_POSTINSTALL_RAMDISK_MAX},
};

/* All values of one limit; NULL where they are not there. */
struct limit_values {
    const char *now, *postinstall, *old, *moved;
};

int rounds_set(const struct record *record, json_t *changes, const char *map, const char *key,
               const char *value, struct error *err)
{
    const char *now;
    if (record_get(record, map, key, &now, err) < 0)
        return -1;
    if (!rounds_same(now, value))
        record_change_set(changes, map, key, value);
    return 0;
}

void rounds_remove(const struct record *record, json_t *changes, const char *map, const char *key)
{
    if (json_object_get(json_object_get(record->json, map), key))
        record_change_remove(changes, map, key);
}

int rounds_add_tests(const struct record *record, json_t *changes, struct error *err)
{
    const char *round, *bootloader;
    if (record_get(record, RECORD_CONFIG, "install-round", &round, err) < 0 ||
        record_get(record, NULL, "PV_bootloader", &bootloader, err) < 0)
        return -1;
    record_change_test(changes, RECORD_CONFIG, "install-round", round);
    record_change_test(changes, NULL, "PV_bootloader", bootloader);
    return 0;
}

/* --- limits ------------------------------------------------------------------------------ */

static int get_limit(const struct record *record, const struct limit *limit,
                     struct limit_values *values, struct error *err)
{
    if (record_get(record, RECORD_PLATFORM, limit->key, &values->now, err) < 0 ||
        record_get(record, RECORD_PLATFORM, limit->postinstall, &values->postinstall, err) < 0 ||
        record_get(record, RECORD_CONFIG, limit->old, &values->old, err) < 0 ||
        record_get(record, RECORD_CONFIG, limit->moved, &values->moved, err) < 0)
        return -1;
    return 0;
}

/* An earlier run may have been stopped after it had overwritten the value, or in the middle of
 * that: then what it remembered is older than what is there now, and right. */
static int remember_limit(const struct record *record, json_t *changes, const struct limit *limit,
                          struct error *err)
{
    struct limit_values values;
    if (get_limit(record, limit, &values, err) < 0)
        return -1;
    if (!values.postinstall) {
        /* An earlier run has removed it after the move. */
        if (rounds_marked(record) || rounds_installed(record))
            return 0;
        rounds_remove(record, changes, RECORD_CONFIG, limit->moved);
        rounds_remove(record, changes, RECORD_CONFIG, limit->old);
        return 0;
    }
    bool overwritten = values.old && rounds_same(values.moved, values.postinstall) &&
                       (!values.now || rounds_same(values.now, values.postinstall));
    if (!overwritten && rounds_set(record, changes, RECORD_CONFIG, limit->old,
                                   values.now ? values.now : "", err) < 0)
        return -1;
    return rounds_set(record, changes, RECORD_CONFIG, limit->moved, values.postinstall, err);
}

int rounds_remember_limits(const struct record *record, json_t *changes, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        if (remember_limit(record, changes, &limits[i], err) < 0)
            return -1;
    return 0;
}

static int move_limit(const struct record *record, json_t *changes, const struct limit *limit,
                      struct error *err)
{
    struct limit_values values;
    if (get_limit(record, limit, &values, err) < 0)
        return -1;
    if (!values.postinstall)
        return 0;
    return rounds_set(record, changes, RECORD_PLATFORM, limit->key, values.postinstall, err);
}

int rounds_move_limits(const struct record *record, json_t *changes, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        if (move_limit(record, changes, &limits[i], err) < 0)
            return -1;
    return 0;
}

void rounds_remove_postinstall(const struct record *record, json_t *changes)
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        rounds_remove(record, changes, RECORD_PLATFORM, limits[i].postinstall);
}

/* A limit that is no longer the moved one has been set by a person since, and stays. One that is
 * not there at all has been removed by a person, unless the value to be moved is back already:
 * then an earlier run was stopped between removing and adding. */
static int restore_limit(const struct record *record, json_t *changes, const struct limit *limit,
                         struct error *err)
{
    struct limit_values values;
    if (get_limit(record, limit, &values, err) < 0)
        return -1;
    if (!values.moved)
        return 0;
    if (!values.postinstall)
        record_change_set(changes, RECORD_PLATFORM, limit->postinstall, values.moved);
    bool ours = rounds_same(values.now, values.moved) ||
                (!values.now && rounds_same(values.postinstall, values.moved));
    if (!values.old || !ours)
        return 0;
    if (*values.old)
        return rounds_set(record, changes, RECORD_PLATFORM, limit->key, values.old, err);
    rounds_remove(record, changes, RECORD_PLATFORM, limit->key);
    return 0;
}

int rounds_restore_limits(const struct record *record, json_t *changes, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        if (restore_limit(record, changes, &limits[i], err) < 0)
            return -1;
    return 0;
}

void rounds_forget_limits(const struct record *record, json_t *changes)
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
        rounds_remove(record, changes, RECORD_CONFIG, limits[i].moved);
        rounds_remove(record, changes, RECORD_CONFIG, limits[i].old);
    }
}
