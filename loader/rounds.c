/* How a VM's record moves from round to round, and back. See rounds.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/rounds.h"

#include <string.h>

#define CONFIG   "other_config"
#define PLATFORM "platform"

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

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The key gets VALUE; nothing to do when it has it. */
static int set_value(const struct record *record, json_t *changes, const char *map, const char *key,
                     const char *value, struct error *err)
{
    const char *now;
    if (record_get(record, map, key, &now, err) == -1)
        return -1;
    if (!same(now, value))
        record_change_set(changes, map, key, value);
    return 0;
}

static void remove_value(const struct record *record, json_t *changes, const char *map,
                         const char *key)
{
    if (json_object_get(json_object_get(record->json, map), key))
        record_change_remove(changes, map, key);
}

static int add_tests(const struct record *record, json_t *changes, struct error *err)
{
    const char *round, *bootloader;
    if (record_get(record, CONFIG, "install-round", &round, err) == -1 ||
        record_get(record, NULL, "PV_bootloader", &bootloader, err) == -1)
        return -1;
    record_change_test(changes, CONFIG, "install-round", round);
    record_change_test(changes, NULL, "PV_bootloader", bootloader);
    return 0;
}

static int get_limit(const struct record *record, const struct limit *limit,
                     struct limit_values *values, struct error *err)
{
    if (record_get(record, PLATFORM, limit->key, &values->now, err) == -1 ||
        record_get(record, PLATFORM, limit->postinstall, &values->postinstall, err) == -1 ||
        record_get(record, CONFIG, limit->old, &values->old, err) == -1 ||
        record_get(record, CONFIG, limit->moved, &values->moved, err) == -1)
        return -1;
    return 0;
}

bool rounds_installed(const struct record *record)
{
    const char *bootloader;
    if (record_get(record, NULL, "PV_bootloader", &bootloader, NULL) == -1 || !bootloader)
        return false;
    const char *slash = strrchr(bootloader, '/');
    const char *name = slash ? slash + 1 : bootloader;
    return *name && strcmp(name, "eliloader") != 0;
}

int rounds_advance(const struct record *record, json_t *changes, unsigned next_round,
                   struct error *err)
{
    autofree char *round = xasprintf("%u", next_round);
    if (add_tests(record, changes, err) == -1)
        return -1;
    record_change_set(changes, CONFIG, "install-round", round);
    return 0;
}

/* --- the end of an installation ---------------------------------------------------------- */

/* An earlier run may have been stopped after it had overwritten the value: then what it
 * remembered is older than what is there now, and right. */
static int remember_limit(const struct record *record, json_t *changes, const struct limit *limit,
                          struct error *err)
{
    struct limit_values values;
    if (get_limit(record, limit, &values, err) == -1)
        return -1;
    if (!values.postinstall) {
        remove_value(record, changes, CONFIG, limit->moved);
        remove_value(record, changes, CONFIG, limit->old);
        return 0;
    }
    bool overwritten = values.old && same(values.moved, values.postinstall) &&
                       same(values.now, values.postinstall);
    if (!overwritten &&
        set_value(record, changes, CONFIG, limit->old, values.now ? values.now : "", err) == -1)
        return -1;
    return set_value(record, changes, CONFIG, limit->moved, values.postinstall, err);
}

static int move_limit(const struct record *record, json_t *changes, const struct limit *limit,
                      struct error *err)
{
    struct limit_values values;
    if (get_limit(record, limit, &values, err) == -1)
        return -1;
    if (!values.postinstall)
        return 0;
    return set_value(record, changes, PLATFORM, limit->key, values.postinstall, err);
}

/* As remember_limit(), for a FIELD of the record that NEW_VALUE will replace; NULL: it stays. */
static int remember_field(const struct record *record, json_t *changes, const char *field,
                          const char *memory, const char *new_value, struct error *err)
{
    const char *now, *old;
    if (record_get(record, NULL, field, &now, err) == -1 ||
        record_get(record, CONFIG, memory, &old, err) == -1)
        return -1;
    if (!new_value) {
        remove_value(record, changes, CONFIG, memory);
        return 0;
    }
    if (old && same(now, new_value))
        return 0;
    return set_value(record, changes, CONFIG, memory, now ? now : "", err);
}

static int remember(const struct record *record, json_t *changes, const char *bootloader_args,
                    const char *pv_args, struct error *err)
{
    const char *distro;
    if (record_get_default(record, CONFIG, "install-distro", "", &distro, err) == -1 ||
        set_value(record, changes, CONFIG, ROUNDS_DISTRO, distro, err) == -1 ||
        remember_field(record, changes, "PV_bootloader_args", ROUNDS_BOOTLOADER_ARGS,
                       bootloader_args, err) == -1 ||
        remember_field(record, changes, "PV_args", ROUNDS_PV_ARGS, pv_args, err) == -1)
        return -1;
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        if (remember_limit(record, changes, &limits[i], err) == -1)
            return -1;
    return 0;
}

int rounds_finish_with_args(const struct record *record, json_t *changes,
                            const char *bootloader_args, const char *pv_args, struct error *err)
{
    if (add_tests(record, changes, err) == -1 ||
        remember(record, changes, bootloader_args, pv_args, err) == -1)
        return -1;
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        if (move_limit(record, changes, &limits[i], err) == -1)
            return -1;
    if (bootloader_args)
        record_change_set(changes, NULL, "PV_bootloader_args", bootloader_args);
    if (pv_args)
        record_change_set(changes, NULL, "PV_args", pv_args);
    record_change_set(changes, NULL, "PV_bootloader", "pygrub");
    /* From here on pygrub starts the VM, and nobody reads what is still to be removed. */
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        remove_value(record, changes, PLATFORM, limits[i].postinstall);
    remove_value(record, changes, CONFIG, "install-round");
    remove_value(record, changes, CONFIG, "install-distro");
    return 0;
}

int rounds_finish(const struct record *record, json_t *changes, struct error *err)
{
    return rounds_finish_with_args(record, changes, NULL, NULL, err);
}

/* --- bootable disks ---------------------------------------------------------------------- */

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
    autofree char *copy = xstrdup(now);
    char *rest = copy;
    for (char *device; (device = strsep(&rest, " "));)
        if (*device && strcmp(device, "0") != 0 && !has_word(old, device))
            return false;
    return true;
}

int rounds_boot_from_disk(const struct record *record, json_t *changes, struct error *err)
{
    autobuffer struct buffer now = BUFFER_INIT(RECORD_VALUE_MAX);
    json_auto_t *flags = json_array();
    const char *old;
    if (record_get(record, CONFIG, ROUNDS_BOOTABLE, &old, err) == -1 ||
        plan_bootable(record, &now, flags, err) == -1)
        return -1;
    if (json_array_size(flags) == 0)
        return 0;
    if (!old || !came_from(buffer_text(&now), old))
        record_change_set(changes, CONFIG, ROUNDS_BOOTABLE, buffer_text(&now));
    json_array_extend(changes, flags);
    return 0;
}

static int restore_bootable(const struct record *record, json_t *changes, struct error *err)
{
    const char *list;
    if (record_get(record, CONFIG, ROUNDS_BOOTABLE, &list, err) == -1)
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

/* --- back to round 1 --------------------------------------------------------------------- */

static int require_repository(const struct record *record, struct error *err)
{
    const char *repository;
    if (record_get_default(record, CONFIG, "install-repository", "", &repository, err) == -1)
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
    if (record_get(record, CONFIG, "install-distro", &now, err) == -1 ||
        record_get_default(record, CONFIG, ROUNDS_DISTRO, "", &old, err) == -1)
        return -1;
    if (!now && *old)
        record_change_set(changes, CONFIG, "install-distro", old);
    return 0;
}

static int restore_field(const struct record *record, json_t *changes, const char *field,
                         const char *memory, struct error *err)
{
    const char *old;
    if (record_get(record, CONFIG, memory, &old, err) == -1)
        return -1;
    return old ? set_value(record, changes, NULL, field, old, err) : 0;
}

/* A limit that is no longer the moved one has been set by a person since, and stays. */
static int restore_limit(const struct record *record, json_t *changes, const struct limit *limit,
                         struct error *err)
{
    struct limit_values values;
    if (get_limit(record, limit, &values, err) == -1)
        return -1;
    if (!values.moved)
        return 0;
    if (!values.postinstall)
        record_change_set(changes, PLATFORM, limit->postinstall, values.moved);
    if (!values.old || !same(values.now, values.moved))
        return 0;
    if (*values.old)
        return set_value(record, changes, PLATFORM, limit->key, values.old, err);
    remove_value(record, changes, PLATFORM, limit->key);
    return 0;
}

static void forget(const struct record *record, json_t *changes)
{
    remove_value(record, changes, CONFIG, ROUNDS_DISTRO);
    remove_value(record, changes, CONFIG, ROUNDS_BOOTLOADER_ARGS);
    remove_value(record, changes, CONFIG, ROUNDS_PV_ARGS);
    remove_value(record, changes, CONFIG, ROUNDS_BOOTABLE);
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
        remove_value(record, changes, CONFIG, limits[i].moved);
        remove_value(record, changes, CONFIG, limits[i].old);
    }
}

int rounds_reinstall(const struct record *record, json_t *changes, struct error *err)
{
    if (require_repository(record, err) == -1 || add_tests(record, changes, err) == -1 ||
        restore_distro(record, changes, err) == -1)
        return -1;
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        if (restore_limit(record, changes, &limits[i], err) == -1)
            return -1;
    if (restore_field(record, changes, "PV_bootloader_args", ROUNDS_BOOTLOADER_ARGS, err) == -1 ||
        restore_field(record, changes, "PV_args", ROUNDS_PV_ARGS, err) == -1 ||
        restore_bootable(record, changes, err) == -1 ||
        set_value(record, changes, CONFIG, "install-round", "1", err) == -1 ||
        set_value(record, changes, NULL, "PV_bootloader", "eliloader", err) == -1)
        return -1;
    forget(record, changes);
    return 0;
}
