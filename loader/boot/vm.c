/* Where does the VM stand, and who boots it then. See vm.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/vm.h"

#include <string.h>

#include "common/child.h"
#include "common/log.h"
#include "common/protocol/schemes.h"
#include "loader/boot/by_grub.h"
#include "loader/boot/by_native.h"
#include "loader/boot/context.h"
#include "loader/boot/decide.h"
#include "loader/boot/editor.h"
#include "loader/boot/finish.h"
#include "loader/boot/guest_kind.h"
#include "loader/boot/install.h"
#include "loader/boot/installed.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/limits.h"
#include "loader/boot/unpack.h"
#include "loader/helpers/menu.h"
#include "loader/helpers/pygrub.h"
#include "loader/media/inject_archive.h"
#include "loader/record/rounds.h"
#include "loader/record/store.h"
#include "loader/sources/location.h"

/* --- from a location --------------------------------------------------------------------- */

static const char *location_of(const struct boot_context *boot)
{
    return boot->settings->location ? boot->settings->location : boot->words.location;
}

static bool is_url(const char *path)
{
    return path && url_has_scheme(path, NULL);
}

bool boot_names_location(const struct settings *settings)
{
    return settings->location || is_url(settings->kernel);
}

/* A boot of its own, at every start: the record's rounds have nothing to do with it. */
static int boot_location(const struct boot_context *boot, struct error *err)
{
    const struct settings *settings = boot->settings, *words = &boot->words;
    const char *kernel = settings->kernel ? settings->kernel : words->kernel;
    const char *ramdisk = settings->ramdisk ? settings->ramdisk : words->ramdisk;
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_inject struct inject inject = INJECT_INIT;
    json_auto_t *no_changes = record_changes_new();
    const char *pv_args = NULL, *proxy;

    if (editor_check_location(boot, err) < 0 ||
        record_get(boot->record, "other_config", "install-proxy", &proxy, err) < 0 ||
        (!boot->record->backend->toolstack_adds_args &&
         rounds_pv_args(boot->record, &pv_args, err) < 0))
        return -1;
    auto_free char *recorded = text_join(pv_args, words->args);
    auto_free char *args = text_join(recorded, settings->args);
    if (boot_open_injected(boot, &inject, err) < 0 ||
        outputs_open(&outputs, settings->output_directory, true, err) < 0 ||
        location_fetch(settings, location_of(boot), kernel, ramdisk,
                       proxy && *proxy ? proxy : settings->proxy, &boot->limits, &outputs, err) < 0)
        return -1;
    auto_free char *vm = xasprintf("VM %s", boot->record->id);
    auto_free char *who = xasprintf("%s: the kernel", vm);
    const struct inject_into into = {NULL, NULL, vm};
    if (inject_append(settings, &inject, &boot->limits, &into, &outputs, err) < 0 ||
        kernel_support_check(settings, outputs.kernel.fd, boot->kind, who, err) < 0 ||
        unpack_kernel(settings, boot->kind, boot->limits.kernel_max, who, &outputs, err) < 0)
        return -1;
    log_step("VM %s: boots from a location; its record stays as it is", boot->record->id);
    return boot_finish(boot, &outputs, args, no_changes, err);
}

/* --- which of them ----------------------------------------------------------------------- */

/* xapi passes the words of PV_bootloader_args on itself; with any other backend nobody does. */
static int read_words(struct boot_context *boot, struct error *err)
{
    const char *text;

    boot->editors_record = !boot->settings->trust_words && !record_is_roots(boot->record);
    if (boot->record->backend->toolstack_adds_args)
        return 0;
    if (rounds_bootloader_args(boot->record, &text, err) < 0)
        return -1;
    if (settings_parse_words(text ? text : "", boot->editors_record, &boot->words, err) < 0)
        return error_prefix(err, "VM %s: PV_bootloader_args", boot->record->id);
    return 0;
}

/* The command line, then the record (its words, its key), then all else. */
static int read_choice(struct boot_context *boot, struct error *err)
{
    const struct settings *settings = boot->settings;
    const char *name;

    boot->choice = settings->handoff;
    if (settings->handoff_origin == ORIGIN_COMMAND_LINE)
        return settings->by_editor ? editor_check_handoff(boot, err) : 0;
    if (boot->words.handoff_given) {
        boot->choice = boot->words.handoff;
        return boot->words.by_editor ? editor_check_handoff(boot, err) : 0;
    }
    if (record_get(boot->record, "other_config", "boot-handoff", &name, err) < 0)
        return -1;
    if (!name || !*name)
        return 0;
    if (!handoff_from_name(name, &boot->choice))
        return error_set(err, ERROR_INTERNAL,
                         "VM %s: other-config:boot-handoff is '%s', which is none of auto, pygrub, "
                         "native and grub",
                         boot->record->id, name);
    return boot->editors_record ? editor_check_handoff(boot, err) : 0;
}

/* The limits, and what kind of guest it is: one question to xenstore. */
static int ask_host(struct boot_context *boot, struct error *err)
{
    const struct settings *settings = boot->settings, *words = &boot->words;
    struct xenstore_found store;

    xenstore_look(settings, &store);
    if (limits_read(settings, words, boot->record, &store, &boot->limits, err) < 0)
        return -1;
    return guest_kind_find(settings, words, boot->record, &store, &boot->kind, err);
}

/* Who boots a VM that is installed, or in the second round of its installation: what was chosen,
 * where the VM stands, and what this host has, all in this one place. */
static int boot_installed(const struct boot_context *boot, struct error *err)
{
    switch (boot->choice) {
    case HANDOFF_PYGRUB:
        /* In the second round it may need to be told the kernel's path, once and for all. */
        return boot->state == VM_SECOND_ROUND ? boot_decide(boot, err) : boot_pygrub(boot, err);
    case HANDOFF_NATIVE:
        return boot_native(boot, err);
    case HANDOFF_GRUB:
        return boot_grub(boot, err);
    case HANDOFF_AUTO:
        break;
    }
    if (boot->state == VM_DONE || !handoff_has_pygrub(boot->settings))
        return boot_native(boot, err);
    if (boot->state == VM_LEFT)
        return boot_left(boot, err);
    /* A menu would boot what somebody picks there, which decides nothing. */
    return menu_wanted(boot->settings) ? boot_native(boot, err) : boot_decide(boot, err);
}

static int boot_by_state(const struct boot_context *boot, struct error *err)
{
    if (boot_names_location(boot->settings) || boot_names_location(&boot->words))
        return boot_location(boot, err);
    if (boot->state == VM_FIRST_ROUND)
        return boot_first_round(boot, err);
    return boot_installed(boot, err);
}

int boot_vm(const struct settings *settings, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    const struct record_places places = {settings->record, settings->record_dir,
                                         settings->xapi_socket};
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    struct boot_context boot = {.settings = settings, .record = &record};
    int result = -1;

    signals_hold();
    if (record_store_choose(&places, settings->vm, &store, err) == 0 &&
        record_load(&store, settings->vm, settings->rehearsal ? RECORD_READ : RECORD_RUN, &record,
                    err) == 0 &&
        rounds_state(&record, &boot.state, err) == 0 && read_words(&boot, err) == 0 &&
        read_choice(&boot, err) == 0 && ask_host(&boot, err) == 0 &&
        limits_fit(settings, settings->output_directory, &boot.limits, err) == 0)
        result = boot_by_state(&boot, err);
    settings_free(&boot.words);
    return result;
}
