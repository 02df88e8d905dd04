/* Round one. See install.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/install.h"

#include <string.h>

#include "common/log.h"
#include "common/protocol/mirrors.h"
#include "common/protocol/schemes.h"
#include "distros/arguments.h"
#include "distros/families.h"
#include "distros/plan.h"
#include "distros/recognise.h"
#include "loader/boot/attempt.h"
#include "loader/boot/cdrom.h"
#include "loader/boot/editor.h"
#include "loader/boot/finish.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/recognition.h"
#include "loader/boot/unpack.h"
#include "loader/media/inject_archive.h"
#include "loader/media/medium_tree.h"
#include "loader/media/overlay.h"
#include "loader/media/tables.h"
#include "loader/record/rounds.h"
#include "loader/record/rounds_reinstall.h"

/* The values of a record's install-* keys, and what holds where they are missing. Strings
 * belong to the record or to the settings. */
struct install {
    const struct distro *distro;
    bool distro_assumed;      /* install-distro is not there: rhlike */
    bool automatic;           /* install-distro is "auto": DISTRO stands until the tree is known */
    struct tree_request tree; /* from a CD, its repository is "cdrom", whatever the record adds */
    struct cdrom cdrom;       /* where it is then */
    bool vnc;
    const char *vnc_password, *extra, *proxy;
    struct fetch_limits limits;
    struct inject inject;
    bool needs_native; /* pygrub cannot boot what the tree installs; known once the tree is */
};

/* --- what the record asks for ------------------------------------------------------------ */

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
    install->distro = distro_find(name && !install->automatic ? name : FAMILY_DEFAULT);
    if (install->distro)
        return 0;
    return error_set(err, ERROR_UNSUPPORTED_METHOD,
                     "VM %s: install-distro is '%s', which is none of %s", record->id, name,
                     distro_names);
}

static bool may_be_asked(const char *url)
{
    return !url_scheme_of(url) || url_is_for_all(url);
}

static int read_repository(const struct boot_context *boot, struct install *install,
                           struct error *err)
{
    const struct record *record = boot->record;
    const char *repository;

    if (get(record, "install-repository", &repository, err) < 0)
        return -1;
    if (!repository)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "VM %s has no install-repository; set it: eliloader vm set %s "
                         "install-repository=http://…",
                         record->id, record->id);
    int from_cd = cdrom_find(boot, repository, &install->cdrom, err);
    install->tree.repository = from_cd > 0 ? REPOSITORY_CDROM : repository;
    if (from_cd != 0)
        return from_cd < 0 ? -1 : 0;
    /* What is no URL at all is refused by `fetch`, which says what is wrong with it. */
    if (mirrors_all(repository, may_be_asked))
        return 0;
    auto_free char *fetched = url_fetched_prefixes(", ", true);
    /* Only its kind is named: the rest may hold a password. */
    return error_set(err, ERROR_INVALID_SOURCE,
                     "VM %s: this version cannot install from an install-repository of the kind "
                     "'%.*s'; use one that begins with %s, or cdrom",
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

static int read_install(const struct boot_context *boot, struct install *install, struct error *err)
{
    const struct settings *settings = boot->settings;
    const struct record *record = boot->record;

    *install = (struct install){.limits = boot->limits};
    if (read_distro(record, install, err) < 0 || read_repository(boot, install, err) < 0 ||
        get(record, "install-arch", &install->tree.arch, err) < 0 ||
        get(record, "debian-release", &install->tree.release, err) < 0 ||
        get(record, "install-args", &install->extra, err) < 0 ||
        get(record, "install-proxy", &install->proxy, err) < 0 ||
        read_vnc(record, install, err) < 0 || read_paths(settings, record, install, err) < 0 ||
        boot_open_injected(boot, &install->inject, err) < 0)
        return -1;
    install->tree.family = install->automatic ? RECOGNISE_AUTO : install->distro->name;
    if (!install->tree.arch)
        install->tree.arch = ARCH_DEFAULT_VM;
    if (!install->proxy)
        install->proxy = settings->proxy;
    return 0;
}

int boot_open_injected(const struct boot_context *boot, struct inject *inject, struct error *err)
{
    const struct settings *settings = boot->settings, *words = &boot->words;
    bool by_hand = settings->install_inject_origin == ORIGIN_COMMAND_LINE;
    const char *list = settings->install_inject, *recorded;

    if (get(boot->record, "install-inject", &recorded, err) < 0 ||
        editor_check_inject(boot, recorded, err) < 0)
        return -1;
    if (!by_hand && (words->install_inject || recorded))
        list = words->install_inject ? words->install_inject : recorded;
    return inject_open(list, by_hand ? INJECT_BY_HAND : INJECT_FROM_FILE, true, &boot->limits,
                       inject, err);
}

static int inject_files(const struct boot_context *boot, const struct install *install,
                        const char *vendor, struct outputs *outputs, struct error *err)
{
    auto_free char *who = xasprintf("VM %s", boot->record->id);
    const struct inject_into into = {install->distro, vendor, who};

    return inject_append(boot->settings, &install->inject, &install->limits, &into, outputs, err);
}

/* --- what is fetched --------------------------------------------------------------------- */

static int make_arguments(const struct settings *settings, const struct record *record,
                          const struct install *install, const struct fetched *fetched, char **args,
                          struct error *err)
{
    const struct install_arguments arguments = {
        .distro = install->distro,
        .repository = fetched->repository ? fetched->repository : install->tree.repository,
        .tree_name = fetched->tree_name,
        .tree_version = fetched->tree_version,
        .layout = fetched->layout,
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
    auto_free char *with_record = text_join(own, pv_args);
    *args = text_join(with_record, settings->args);
    return 0;
}

static bool from_cd(const struct install *install)
{
    return install->cdrom.count > 0;
}

static int bring(const struct boot_context *boot, const struct install *install,
                 struct media *media, struct outputs *outputs, struct fetched *fetched,
                 struct error *err)
{
    const struct settings *settings = boot->settings;

    if (!from_cd(install)) {
        /* Which digests the tables will ask for is known before the first byte comes. */
        if (media_open(settings, media, err) < 0)
            return -1;
        return fetch_tree(settings, &install->tree, install->proxy, &install->limits,
                          maps_digests(media->maps), outputs, fetched, err);
    }
    const struct tree_medium medium = {install->cdrom.disks, install->cdrom.count,
                                       install->cdrom.folder};
    return medium_tree_take(settings, &medium, &install->tree, &install->limits, media, outputs,
                            fetched, err);
}

/* Gets both files into OUTPUTS (and INSTALL's distro, when it is automatic) and says what the
 * installer's kernel is told in *ARGS, which the caller frees. */
static int fetch_install(const struct boot_context *boot, struct install *install,
                         struct outputs *outputs, char **args, struct error *err)
{
    const struct settings *settings = boot->settings;
    const struct record *record = boot->record;
    auto_fetched struct fetched fetched = FETCHED_INIT;
    auto_media struct media media = MEDIA_INIT;

    /* What no kernel can be told is found before anything is fetched. */
    if (make_arguments(settings, record, install, &fetched, args, err) < 0)
        return -1;
    replace_string(args, NULL);
    int result = bring(boot, install, &media, outputs, &fetched, err);
    recognition_warn(&fetched, "install-distro", install->tree.family, install->tree.repository);
    if (result < 0) {
        if (install->distro_assumed && fetched.no_kernel)
            error_hint(
                err, "install-distro is not set, so " FAMILY_DEFAULT " was assumed (there are %s)",
                distro_names);
        return -1;
    }
    if (!arch_runs(fetched.tree_arch, arch_own()))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "VM %s: the repository is for %s, and no guest of this host, which is %s, "
                         "can run that",
                         record->id, fetched.tree_arch, arch_own());
    if (install->automatic && !(install->distro = recognition_taken(&fetched, err)))
        return -1;
    install->needs_native =
        !distro_pygrub_boots(install->distro, fetched.tree_name, fetched.tree_version);
    auto_free char *tree = text_join(fetched.tree_name, fetched.tree_version);
    auto_free char *whole = text_join(tree, fetched.tree_arch);
    log_step("VM %s: the tree is %s (%s)", record->id,
             *whole ? whole : "of a kind that it does not tell", fetched.layout);
    auto_free char *who = xasprintf("VM %s", record->id);
    auto_free char *kernel = xasprintf("%s: the installer's kernel", who);
    if (overlay_apply(settings, &media, &fetched, &install->limits, outputs, who, err) < 0 ||
        inject_files(boot, install, fetched.ramdisk.url, outputs, err) < 0 ||
        kernel_support_check(settings, outputs->kernel.fd, boot->kind, kernel, err) < 0 ||
        unpack_kernel(settings, boot->kind, install->limits.kernel_max, kernel, outputs, err) < 0)
        return -1;
    return make_arguments(settings, record, install, &fetched, args, err);
}

/* --- together ---------------------------------------------------------------------------- */

/* How the record moves once the family's first round is done. */
static int plan_changes(const struct boot_context *boot, const struct install *install,
                        json_t *changes, struct error *err)
{
    json_array_clear(changes);
    /* First: a VM that is installed, and still boots from its CD, would be installed again. */
    if (from_cd(install) && rounds_boot_from_disk(boot->record, changes, err) < 0)
        return -1;
    if (install->distro->last_round > 1)
        /* The rounds to come are that family's, whatever the repository says by then. */
        return rounds_advance(boot->record, changes, 2,
                              install->automatic ? install->distro->name : NULL, err);
    if (boot->choice == HANDOFF_NATIVE || boot->choice == HANDOFF_GRUB ||
        (boot->choice == HANDOFF_AUTO && install->needs_native))
        return rounds_finish_native(boot->record, changes, err);
    return rounds_finish(boot->record, changes, err);
}

static void log_move(const struct boot_context *boot, const struct install *install)
{
    const char *id = boot->record->id;

    if (install->distro->last_round > 1)
        log_step("VM %s: install-round is 2 now", id);
    else if (rounds_installed(boot->record))
        log_step("VM %s: PV-bootloader is pygrub now", id);
    else
        log_step("VM %s: install-round is done now: eliloader itself boots what %s", id,
                 install->needs_native ? "was installed, whose menu pygrub does not read"
                                       : "was installed, as handoff says");
}

/* "pygrub" from a CD, where nobody names the kernel: what the CD itself would boot. */
static bool by_cd_menu(const struct install *install)
{
    return from_cd(install) && install->distro->kernel_required && !install->tree.kernel;
}

/* The answer is given, the record moved. */
static int boot_cd_menu(const struct boot_context *boot, const struct install *install,
                        const json_t *changes, struct error *err)
{
    auto_attempt struct attempt attempt = ATTEMPT_INIT;
    auto_fetched struct fetched nothing = FETCHED_INIT;
    auto_free char *args = NULL;

    if (make_arguments(boot->settings, boot->record, install, &nothing, &args, err) < 0 ||
        cdrom_boot_menu(boot, &install->cdrom, args, &attempt, err) < 0 ||
        inject_files(boot, install, NULL, &attempt.outputs, err) < 0)
        return -1;
    return boot_finish(boot, &attempt.outputs, attempt.args, changes, err);
}

static int boot_tree(const struct boot_context *boot, struct install *install, json_t *changes,
                     struct error *err)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_free char *args = NULL;

    if (outputs_open(&outputs, boot->settings->output_directory, true, err) < 0 ||
        fetch_install(boot, install, &outputs, &args, err) < 0 ||
        /* Only now it is known what the tree is. */
        plan_changes(boot, install, changes, err) < 0)
        return -1;
    return boot_finish(boot, &outputs, args, changes, err);
}

int boot_first_round(const struct boot_context *boot, struct error *err)
{
    json_auto_t *changes = record_changes_new();
    struct install install;
    int result = read_install(boot, &install, err);

    if (result == 0) {
        log_step("VM %s: round 1, installing %s from its %s", boot->record->id, install.tree.family,
                 from_cd(&install) ? "CD" : "repository");
        /* A record that cannot move on is found before anything is fetched. */
        result = plan_changes(boot, &install, changes, err);
    }
    if (result == 0)
        result = by_cd_menu(&install) ? boot_cd_menu(boot, &install, changes, err)
                                      : boot_tree(boot, &install, changes, err);
    cdrom_free(&install.cdrom);
    inject_free(&install.inject);
    if (result == 0)
        log_move(boot, &install);
    return result;
}
