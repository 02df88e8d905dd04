/* Bootloader mode: where does the VM stand, and what is done then. See commands.h.
 *
 * The order of effects: the files, then the answer to the toolstack, then the record. The
 * record moves only when everything before it is done, and a run that fails anywhere takes
 * its files away.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/context.h"

#include <string.h>

#include "common/child.h"
#include "common/log.h"
#include "common/protocol/schemes.h"
#include "loader/boot/install.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/limits.h"
#include "loader/boot/xenstore.h"
#include "loader/commands/commands.h"
#include "loader/output/answer.h"
#include "loader/sources/location.h"

/* --- the end of a run -------------------------------------------------------------------- */

/* Under xl nobody else gives the guest its xenstore_data; under xapi, xapi does. */
static int give_data(const struct boot_context *run, struct error *err)
{
    int domid = xenstore_domid(run->settings->output_directory);

    if (domid < 0 || run->record->backend == &record_xapi_backend)
        return 0;
    return xenstore_give_data(domid, run->record, err);
}

int boot_deliver(const struct boot_context *run, const struct outputs *outputs, const char *args,
                 struct error *err)
{
    const struct answer answer = {
        .kernel = outputs->kernel.path, .ramdisk = outputs->ramdisk.path, .args = args};
    enum answer_format format = run->settings->output_format;

    answer_warn_of_length(args);
    if (give_data(run, err) < 0)
        return -1;
    if (signals_pending())
        return error_set(err, ERROR_INTERRUPTED, "stopped by a signal before the answer");
    return answer_deliver(&answer, format == ANSWER_DEFAULT ? ANSWER_SIMPLE : format,
                          run->settings->output, err);
}

int boot_finish(const struct boot_context *run, struct outputs *outputs, const char *args,
                const json_t *changes, struct error *err)
{
    if (boot_deliver(run, outputs, args, err) < 0 ||
        (json_array_size(changes) && record_commit(run->record, changes, err) < 0))
        return -1;
    outputs_keep(outputs);
    return 0;
}

/* --- the first round --------------------------------------------------------------------- */

/* How the record moves once the family's first round is done. */
static int plan_changes(const struct boot_context *run, const struct install *install,
                        json_t *changes, struct error *err)
{
    json_array_clear(changes);
    if (install->distro->last_round > 1)
        /* The rounds to come are that family's, whatever the repository says by then. */
        return rounds_advance(run->record, changes, 2,
                              install->automatic ? install->distro->name : NULL, err);
    if (run->choice == HANDOFF_NATIVE || (run->choice == HANDOFF_AUTO && install->needs_native))
        return rounds_finish_native(run->record, changes, err);
    return rounds_finish(run->record, changes, err);
}

static void log_move(const struct boot_context *run, const struct install *install)
{
    const char *id = run->record->id;

    if (install->distro->last_round > 1)
        log_step("VM %s: install-round is 2 now", id);
    else if (rounds_installed(run->record))
        log_step("VM %s: PV-bootloader is pygrub now", id);
    else
        log_step("VM %s: install-round is done now: eliloader itself boots what %s", id,
                 install->needs_native ? "was installed, whose menu pygrub does not read"
                                       : "was installed, as handoff says");
}

static int round_one(const struct boot_context *run, struct error *err)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    json_auto_t *changes = record_changes_new();
    auto_free char *args = NULL;
    struct install install;

    if (install_read(run->settings, run->record, &run->limits, &install, err) < 0)
        return -1;
    log_step("VM %s: round 1, installing %s from its repository", run->record->id,
             install.tree.family);
    /* A record that cannot move on is found before anything is fetched. */
    if (plan_changes(run, &install, changes, err) < 0 ||
        outputs_open(&outputs, run->settings->output_directory, true, err) < 0 ||
        install_run(run->settings, run->record, &install, &outputs, &args, err) < 0 ||
        /* Only now it is known what the tree is. */
        plan_changes(run, &install, changes, err) < 0 || outputs_name(&outputs, err) < 0 ||
        boot_finish(run, &outputs, args, changes, err) < 0)
        return -1;
    log_move(run, &install);
    return 0;
}

/* --- from a location --------------------------------------------------------------------- */

static const char *location_of(const struct boot_context *run)
{
    return run->settings->location ? run->settings->location : run->words.location;
}

static bool is_url(const char *path)
{
    return path && url_has_scheme(path, NULL);
}

static bool is_from_location(const struct boot_context *run)
{
    return location_of(run) || is_url(run->settings->kernel) || is_url(run->words.kernel);
}

/* With xapi, the words of PV_bootloader_args come as our own, and may be anyone's who may edit the
 * VM: in the guest they could read whatever file of dom0 they name. */
static int check_location(const struct boot_context *run, const char *kernel, const char *ramdisk,
                          struct error *err)
{
    bool local;

    if (!run->record->backend->toolstack_adds_args)
        return 0;
    if (location_is_local(location_of(run), kernel, ramdisk, &local, err) < 0)
        return -1;
    if (!local)
        return 0;
    auto_free char *fetched = url_fetched_prefixes(" and ");
    return error_set(
        err, ERROR_INVALID_SOURCE,
        "VM %s: its PV_bootloader_args name a file, directory or device of dom0, which "
        "eliloader does not open for a VM in xapi, because whoever may edit the VM "
        "could so read every file of dom0; locations of %s work",
        run->record->id, fetched);
}

/* A boot of its own, at every start: the record's rounds have nothing to do with it. */
static int boot_location(const struct boot_context *run, struct error *err)
{
    const struct settings *settings = run->settings, *words = &run->words;
    const char *kernel = settings->kernel ? settings->kernel : words->kernel;
    const char *ramdisk = settings->ramdisk ? settings->ramdisk : words->ramdisk;
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    json_auto_t *no_changes = record_changes_new();
    const char *pv_args = NULL, *proxy;

    if (check_location(run, kernel, ramdisk, err) < 0 ||
        record_get(run->record, "other_config", "install-proxy", &proxy, err) < 0 ||
        (!run->record->backend->toolstack_adds_args &&
         rounds_pv_args(run->record, &pv_args, err) < 0))
        return -1;
    auto_free char *recorded = install_join(pv_args, words->args);
    auto_free char *args = install_join(recorded, settings->args);
    if (outputs_open(&outputs, settings->output_directory, true, err) < 0 ||
        location_fetch(settings, location_of(run), kernel, ramdisk,
                       proxy && *proxy ? proxy : settings->proxy, &run->limits, &outputs, err) < 0)
        return -1;
    auto_free char *who = xasprintf("VM %s: the kernel", run->record->id);
    kernel_support_check(settings, outputs.kernel.fd, who);
    if (outputs_name(&outputs, err) < 0)
        return -1;
    log_step("VM %s: boots from a location; its record stays as it is", run->record->id);
    return boot_finish(run, &outputs, args, no_changes, err);
}

/* --- which of them ----------------------------------------------------------------------- */

/* xapi passes the words of PV_bootloader_args on itself; with any other backend nobody does. */
static int read_words(struct boot_context *run, struct error *err)
{
    const char *text;

    if (run->record->backend->toolstack_adds_args)
        return 0;
    if (rounds_bootloader_args(run->record, &text, err) < 0)
        return -1;
    if (settings_parse_words(text ? text : "", &run->words, err) < 0)
        return error_prefix(err, "VM %s: PV_bootloader_args", run->record->id);
    return 0;
}

/* The command line, then the record (its words, its key), then all else. */
static int read_choice(struct boot_context *run, struct error *err)
{
    const char *name;

    run->choice = run->settings->handoff;
    if (run->settings->handoff_origin == ORIGIN_COMMAND_LINE)
        return 0;
    if (run->words.handoff_given) {
        run->choice = run->words.handoff;
        return 0;
    }
    if (record_get(run->record, "other_config", "boot-handoff", &name, err) < 0)
        return -1;
    if (!name || !*name || handoff_from_name(name, &run->choice))
        return 0;
    return error_set(err, ERROR_INTERNAL,
                     "VM %s: other-config:boot-handoff is '%s', which is none of auto, pygrub and "
                     "native",
                     run->record->id, name);
}

static int boot_by_state(const struct boot_context *run, struct error *err)
{
    if (is_from_location(run))
        return boot_location(run, err);
    switch (run->state) {
    case VM_FIRST_ROUND:
        return round_one(run, err);
    case VM_SECOND_ROUND:
        return boot_decide(run, err);
    case VM_UNDECIDED:
    case VM_DONE:
    case VM_LEFT:
        break;
    }
    return boot_installed(run, err);
}

static int boot_vm(const struct settings *settings, struct error *err)
{
    auto_record struct record record = RECORD_INIT;
    const struct record_places places = {settings->record, settings->record_dir,
                                         settings->xapi_socket};
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    struct boot_context run = {.settings = settings, .record = &record};
    int result = -1;

    signals_hold();
    if (record_store_choose(&places, settings->vm, &store, err) == 0 &&
        record_load(&store, settings->vm, RECORD_RUN, &record, err) == 0 &&
        rounds_state(&record, &run.state, err) == 0 && read_words(&run, err) == 0 &&
        read_choice(&run, err) == 0 &&
        limits_read(settings, &run.words, &record, &run.limits, err) == 0)
        result = boot_by_state(&run, err);
    settings_free(&run.words);
    return result;
}

int command_boot(const struct settings *settings, struct error *err)
{
    if (settings->vm && !settings->list_entries && !settings->not_really)
        return boot_vm(settings, err);
    if (!settings->vm && (settings->location || is_url(settings->kernel)))
        return command_pvnetboot(settings, err);
    if (settings->operand_count)
        return command_dropin(settings, err);
    return error_set(err, ERROR_USAGE,
                     settings->vm ? "no disk: a DISK is missing (--help tells more)"
                                  : "no VM and no disk: --vm=ID or a DISK is missing (--help tells "
                                    "more)");
}
