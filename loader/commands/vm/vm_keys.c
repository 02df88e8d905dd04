/* The table of a record's keys. See vm_keys.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_keys.h"

#include <stdint.h>
#include <string.h>

#include "common/log.h"
#include "common/nearest.h"
#include "common/protocol/mirrors.h"
#include "common/protocol/schemes.h"
#include "common/text.h"
#include "common/url.h"
#include "distros/arch.h"
#include "distros/families.h"
#include "distros/families/debian_release.h"
#include "distros/plan.h"
#include "loader/boot/recognition.h"
#include "loader/record/names.h"
#include "loader/record/rounds_state.h"
#include "loader/settings/options.h"

/* A TiB: no kernel or ramdisk of more can be meant. */
#define SIZE_LAST (UINT64_C(1) << 40)

#define CONFIG   "other_config"
#define PLATFORM "platform"

static int refuse(const char *name, const char *value, const char *what, struct error *err)
{
    return error_set(err, ERROR_USAGE, "%s is '%s', which is %s", name, value, what);
}

/* --- what may stand in a key -------------------------------------------------------------- */

static int check_family(const char *name, const char *value, struct error *err)
{
    struct nearest nearest = NEAREST(value);

    if (recognition_is_auto(value) || distro_find(value))
        return 0;
    distro_offer(&nearest);
    return error_set(err, ERROR_USAGE, "%s is '%s', which is none of " FAMILY_NAMES " and auto%s",
                     name, value, nearest_hint(&nearest));
}

static int check_arch(const char *name, const char *value, struct error *err)
{
    return arch_known(value) ? 0 : refuse(name, value, "none of " ARCH_NAMES, err);
}

static int check_round(const char *name, const char *value, struct error *err)
{
    if (strcmp(value, "1") == 0 || strcmp(value, "2") == 0 || strcmp(value, ROUNDS_DONE) == 0)
        return 0;
    return refuse(name, value, "none of 1, 2 and " ROUNDS_DONE, err);
}

static int check_handoff(const char *name, const char *value, struct error *err)
{
    enum handoff_choice choice;

    return handoff_from_name(value, &choice)
               ? 0
               : refuse(name, value, "none of auto, pygrub, native and grub", err);
}

static int check_bool(const char *name, const char *value, struct error *err)
{
    bool said;

    return text_to_bool(value, &said) ? 0 : refuse(name, value, "neither true nor false", err);
}

static int check_size(const char *name, const char *value, struct error *err)
{
    uint64_t bytes;

    if (text_to_size(value, SIZE_LAST, &bytes) && bytes > 0)
        return 0;
    return refuse(name, value, "no size (bytes, or with K, M, G)", err);
}

/* Whether ONE, of several repositories or the only one, is a URL with a host, in one word. A comma
 * stands between the options of NFS; elsewhere, behind it somebody meant a mirror. */
static bool is_repository(const char *one)
{
    const struct url_scheme *scheme = url_scheme_of(one);

    if (!scheme || !text_is_word(one))
        return false;
    const char *behind = url_behind_login(one);
    if (behind == one) /* "nfs:server:/path" */
        behind += strlen(scheme->prefix);
    return *behind && !strchr("/?#:", *behind) &&
           (scheme->family == SOURCE_NFS || scheme->family == SOURCE_NFS_ISO || !strchr(one, ','));
}

/* Only how each begins: whether it is there, the start says. */
static int check_repository(const char *name, const char *value, struct error *err)
{
    if (strcmp(value, "cdrom") == 0 || text_starts(value, "cdrom:"))
        return 0;
    if (mirrors_all(value, is_repository))
        return 0;
    auto_free char *known = url_fetched_prefixes(", ", false);
    return error_set(err, ERROR_USAGE,
                     "%s does not begin as a repository does: cdrom, or a URL with %s, and a host",
                     name, known);
}

static int check_proxy(const char *name, const char *value, struct error *err)
{
    const char *host = url_behind_login(value);

    /* The value may hold a password. */
    return text_is_word(value) && *host && *host != '/'
               ? 0
               : error_set(err, ERROR_USAGE, "%s is no proxy: HOST:PORT, or a URL of one", name);
}

/* A path in the tree, as the start of an installation checks it. */
static int check_path(const char *name, const char *value, struct error *err)
{
    const char *fault = tree_path_fault(value + (*value == '/'));

    return fault ? error_set(err, ERROR_USAGE, "%s is '%s', which %s", name, value, fault) : 0;
}

static int check_release(const char *name, const char *value, struct error *err)
{
    return debian_release_valid(value) ? 0 : refuse(name, value, "no name of a release", err);
}

/* --- what is only a warning, for another program may take it -------------------------------- */

/* Words that no start of eliloader's takes. */
static void warn_of_words(const char *words)
{
    auto_settings struct settings settings = {.help = false};
    auto_error struct error why = ERROR_INIT;

    if (settings_parse_words(words, false, &settings, &why) < 0)
        log_warning("PV-bootloader-args: %s", why.text);
}

/* Any program may boot a VM; one that is called almost as one of these is hardly meant. */
static void warn_of_loader(const char *loader)
{
    const char *slash = strrchr(loader, '/'), *name = slash ? slash + 1 : loader;
    struct nearest nearest = NEAREST(name);

    if (strcmp(name, "eliloader") == 0 || strcmp(name, "pygrub") == 0)
        return;
    nearest_offer(&nearest, "eliloader");
    nearest_offer(&nearest, "pygrub");
    if (nearest.best)
        log_warning("PV-bootloader is '%s', which boots the VM in eliloader's place%s", loader,
                    nearest_hint(&nearest));
}

/* --- the table ---------------------------------------------------------------------------- */

static const struct key {
    const char *map, *key;
    int (*check)(const char *name, const char *value, struct error *err); /* NULL: any text */
    const char *value; /* what it may be, as options call it; NULL: TEXT */
} keys[] = {
    {CONFIG, "install-repository", check_repository, NULL},
    {CONFIG, "install-distro", check_family, "FAMILY"},
    {CONFIG, "install-round", check_round, "ROUND"},
    {CONFIG, "install-arch", check_arch, "ARCH"},
    {CONFIG, "install-args", NULL, NULL},
    {CONFIG, "install-vnc", check_bool, "BOOLEAN"},
    {CONFIG, "install-vncpasswd", NULL, NULL},
    {CONFIG, "install-kernel", check_path, NULL},
    {CONFIG, "install-ramdisk", check_path, NULL},
    {CONFIG, "install-proxy", check_proxy, NULL},
    {CONFIG, "install-inject", NULL, NULL},
    {CONFIG, "debian-release", check_release, NULL},
    {CONFIG, "boot-handoff", check_handoff, "HOW"},
    {CONFIG, "boot-well-known", check_bool, "BOOLEAN"},
    {PLATFORM, "pv-kernel-max-size", check_size, "SIZE"},
    {PLATFORM, "pv-ramdisk-max-size", check_size, "SIZE"},
    {PLATFORM, "pv-postinstall-kernel-max-size", check_size, "SIZE"},
    {PLATFORM, "pv-postinstall-ramdisk-max-size", check_size, "SIZE"},
};

static const struct key *find_key(const char *map, const char *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        if (strcmp(keys[i].map, map) == 0 && strcmp(keys[i].key, key) == 0)
            return &keys[i];
    return NULL;
}

int vm_key_unknown(const char *name, struct error *err)
{
    struct nearest nearest = NEAREST(name);

    for (const struct record_name *field = record_fields; field->user; field++)
        nearest_offer(&nearest, field->user);
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        nearest_offer(&nearest, keys[i].key);
    return error_set(err, ERROR_USAGE,
                     "unknown key '%s'%s (those known are " RECORD_NAMES_KNOWN ")", name,
                     nearest_hint(&nearest));
}

/* Others keep keys of their own in these maps: only what looks like one of ours is a mistake. */
static void warn_of_unknown(const char *map, const char *key)
{
    struct nearest nearest = NEAREST(key);

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        if (strcmp(keys[i].map, map) == 0)
            nearest_offer(&nearest, keys[i].key);
    if (nearest.best || text_starts(key, "install-"))
        log_warning("%s is no key that eliloader knows%s", key, nearest_hint(&nearest));
}

int vm_key_check(const char *map, const char *key, const char *value, struct error *err)
{
    if (!*value)
        return 0;
    if (!map) {
        if (strcmp(key, "PV_bootloader_args") == 0)
            warn_of_words(value);
        if (strcmp(key, "PV_bootloader") == 0)
            warn_of_loader(value);
        return 0;
    }
    const struct key *known = find_key(map, key);
    if (!known) {
        warn_of_unknown(map, key);
        return 0;
    }
    return known->check ? known->check(key, value, err) : 0;
}

const char *vm_keys_lacking(const json_t *record)
{
    const json_t *config = json_object_get(record, CONFIG);

    /* Whoever says which round it is knows. */
    if (json_object_get(config, "install-round"))
        return NULL;
    if (!json_object_get(config, "install-repository"))
        return "no install-repository: it counts as installed already, and its disks are booted";
    if (!json_object_get(config, "install-arch"))
        return strcmp(ARCH_DEFAULT_VM, "i386") == 0 ? "no install-arch: it is i386"
                                                    : "no install-arch: it is this host's";
    return NULL;
}

void vm_keys_each(vm_keys_offer *offer, void *context)
{
    for (const struct record_name *field = record_fields; field->user; field++)
        offer(context, field->user);
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const char *map;
        auto_free char *key = NULL;
        auto_free char *whole = record_name_of(keys[i].map, keys[i].key);
        bool bare = record_name_parse(keys[i].key, strlen(keys[i].key), &map, &key);
        offer(context, bare ? keys[i].key : whole);
    }
}

const char *vm_key_value(const char *map, const char *key)
{
    const struct key *known = map ? find_key(map, key) : NULL;

    if (!map && strcmp(key, "PV_bootloader") == 0)
        return "LOADER";
    return known && known->value ? known->value : "TEXT";
}
