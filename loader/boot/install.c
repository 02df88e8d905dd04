/* Round one. See install.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/install.h"

#include <string.h>

#include "common/log.h"
#include "common/protocol/schemes.h"
#include "distros/recognise.h"
#include "loader/boot/recognition.h"
#include "loader/media/overlay.h"
#include "loader/media/tables.h"
#include "loader/record/rounds.h"

#define DEFAULT_DISTRO "rhlike"
#define DEFAULT_ARCH   "i386"

static int get(const struct record *record, const char *key, const char **value, struct error *err)
{
    if (record_get(record, "other_config", key, value, err) < 0)
        return -1;
    /* xe cannot always remove a key, but it can empty it. */
    if (*value && !**value)
        *value = NULL;
    return 0;
}

static int read_distro(const struct record *record, struct install *install, struct error *err)
{
    const char *name;

    if (rounds_family(record, &name, err) < 0)
        return -1;
    install->distro_assumed = !name;
    install->automatic = recognition_is_auto(name);
    install->distro = distro_find(name && !install->automatic ? name : DEFAULT_DISTRO);
    if (install->distro)
        return 0;
    return error_set(err, ERROR_UNSUPPORTED_METHOD,
                     "VM %s: install-distro is '%s', which is none of %s", record->id, name,
                     distro_names);
}

static int read_repository(const struct record *record, struct install *install, struct error *err)
{
    const char *repository;

    if (get(record, "install-repository", &repository, err) < 0)
        return -1;
    if (!repository)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "VM %s has no install-repository; set it: eliloader vm set %s "
                         "install-repository=http://…",
                         record->id, record->id);
    install->tree.repository = repository;
    /* What is no URL at all is refused by `fetch`, which says what is wrong with it. */
    if (strcmp(repository, "cdrom") != 0 &&
        (!url_scheme_of(repository) || url_is_fetched(repository)))
        return 0;
    auto_free char *fetched = url_fetched_prefixes(" or ");
    /* Only its kind is named: the rest may hold a password. */
    return error_set(err, ERROR_INVALID_SOURCE,
                     "VM %s: this version cannot install from an install-repository of the kind "
                     "'%.*s'; use one that begins with %s",
                     record->id, (int)strcspn(repository, ":"), repository, fetched);
}

static int read_vnc(const struct record *record, struct install *install, struct error *err)
{
    const char *vnc;

    if (get(record, "install-vnc", &vnc, err) < 0 ||
        get(record, "install-vncpasswd", &install->vnc_password, err) < 0)
        return -1;
    if (vnc && !text_to_bool(vnc, &install->vnc))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "VM %s: install-vnc is '%s', which is neither true nor false", record->id,
                         vnc);
    return 0;
}

static int read_paths(const struct settings *settings, const struct record *record,
                      struct install *install, struct error *err)
{
    if (get(record, "install-kernel", &install->tree.kernel, err) < 0 ||
        get(record, "install-ramdisk", &install->tree.ramdisk, err) < 0)
        return -1;
    /* Only the family that has no layout of its own is told by the record. */
    if (!install->distro->kernel_required)
        install->tree.kernel = install->tree.ramdisk = NULL;
    if (settings->kernel) {
        install->tree.kernel = settings->kernel;
        install->tree.ramdisk = settings->ramdisk;
    } else if (settings->ramdisk) {
        install->tree.ramdisk = settings->ramdisk;
    }
    return 0;
}

int install_read(const struct settings *settings, const struct record *record,
                 const struct fetch_limits *limits, struct install *install, struct error *err)
{
    *install = (struct install){.limits = *limits};
    if (read_distro(record, install, err) < 0 || read_repository(record, install, err) < 0 ||
        get(record, "install-arch", &install->tree.arch, err) < 0 ||
        get(record, "debian-release", &install->tree.release, err) < 0 ||
        get(record, "install-args", &install->extra, err) < 0 ||
        get(record, "install-proxy", &install->proxy, err) < 0 ||
        read_vnc(record, install, err) < 0 || read_paths(settings, record, install, err) < 0)
        return -1;
    install->tree.family = install->automatic ? RECOGNISE_AUTO : install->distro->name;
    if (!install->tree.arch)
        install->tree.arch = DEFAULT_ARCH;
    if (!install->proxy)
        install->proxy = settings->proxy;
    return 0;
}

char *install_join(const char *first, const char *second)
{
    if (!first || !*first)
        return xstrdup(second ? second : "");
    return second && *second ? xasprintf("%s %s", first, second) : xstrdup(first);
}

static int make_arguments(const struct settings *settings, const struct record *record,
                          const struct install *install, const struct fetched *fetched, char **args,
                          struct error *err)
{
    const struct install_arguments arguments = {.distro = install->distro,
                                                .repository = install->tree.repository,
                                                .tree_name = fetched->tree_name,
                                                .tree_version = fetched->tree_version,
                                                .vnc = install->vnc,
                                                .vnc_password = install->vnc_password,
                                                .extra = install->extra};
    auto_free char *own = distro_arguments(&arguments, err);
    const char *pv_args = NULL;

    if (!own)
        return -1;
    if (!record->backend->toolstack_adds_args &&
        record_get(record, NULL, "PV_args", &pv_args, err) < 0)
        return -1;
    auto_free char *with_record = install_join(own, pv_args);
    *args = install_join(with_record, settings->args);
    return 0;
}

int install_run(const struct settings *settings, const struct record *record,
                struct install *install, struct outputs *outputs, char **args, struct error *err)
{
    auto_fetched struct fetched fetched = FETCHED_INIT;
    auto_media struct media media = MEDIA_INIT;
    struct media_opening opening = {settings, &media};

    /* What no kernel can be told is found before anything is fetched. */
    if (make_arguments(settings, record, install, &fetched, args, err) < 0)
        return -1;
    replace_string(args, NULL);
    int result = fetch_tree(settings, &install->tree, install->proxy, &install->limits,
                            media_open_meanwhile, &opening, outputs, &fetched, err);
    recognition_warn(&fetched, "install-distro", install->tree.family, install->tree.repository);
    if (result < 0) {
        if (install->distro_assumed && fetched.no_kernel)
            error_hint(
                err, "install-distro is not set, so " DEFAULT_DISTRO " was assumed (there are %s)",
                distro_names);
        return -1;
    }
    if (install->automatic && !(install->distro = recognition_taken(&fetched, err)))
        return -1;
    install->needs_native =
        !distro_pygrub_boots(install->distro, fetched.tree_name, fetched.tree_version);
    auto_free char *tree = install_join(fetched.tree_name, fetched.tree_version);
    auto_free char *whole = install_join(tree, fetched.tree_arch);
    log_step("VM %s: the tree is %s (%s)", record->id,
             *whole ? whole : "of a kind that it does not tell", fetched.layout);
    auto_free char *who = xasprintf("VM %s", record->id);
    if (overlay_apply(settings, &media, &fetched, &install->limits, outputs, who, err) < 0)
        return -1;
    return make_arguments(settings, record, install, &fetched, args, err);
}
