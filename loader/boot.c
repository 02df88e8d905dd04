/* Bootloader mode: which round is it, and what is done in it. See commands.h.
 *
 * The order of effects: the files, then the answer to the toolstack, then the record. The
 * record moves only when everything before it is done, and a run that fails anywhere takes
 * its files away.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "common/child.h"
#include "common/log.h"
#include "loader/boot.h"
#include "loader/commands.h"
#include "loader/deliver.h"
#include "loader/handoff.h"
#include "loader/install.h"
#include "loader/outputs.h"
#include "loader/recognition.h"
#include "loader/record_names.h"
#include "loader/rounds.h"

/* No family has so many; a larger number is a mistake. */
#define ROUND_MAX 99
/* What a PV guest's kernel gets of its command line: MAX_GUEST_CMDLINE of Xen's public
 * headers, less the NUL. Bytes. */
#define PV_COMMAND_LINE_MAX 1023

/* The round that the record says, and the number of the family's last one in *LAST. An
 * installed VM, and every round past the last, is 0. */
static int read_round(const struct record *record, unsigned *round, struct error *err)
{
    const char *text, *name;
    uint64_t number;

    *round = 0;
    if (record_get_default(record, "other_config", "install-round", "1", &text, err) < 0 ||
        record_get_default(record, "other_config", "install-distro", "rhlike", &name, err) < 0)
        return -1;
    if (!text_to_number(text, ROUND_MAX, &number) || number == 0)
        return error_set(err, ERROR_INTERNAL,
                         "VM %s: install-round is '%s', which is not the number of a round; "
                         "`eliloader vm reinstall %s` starts again with the first",
                         record->id, text, record->id);
    if (rounds_installed(record))
        return 0;
    const struct distro *distro = distro_find(name);
    /* A family that is not known is reported by round one, with its name. */
    if (!distro || number <= distro->last_round)
        *round = (unsigned)number;
    return 0;
}

int boot_deliver(const struct run *run, const struct outputs *outputs, const char *args,
                 struct error *err)
{
    const struct answer answer = {
        .kernel = outputs->kernel.path, .ramdisk = outputs->ramdisk.path, .args = args};
    enum answer_format format = run->settings->output_format;

    if (strlen(args) > PV_COMMAND_LINE_MAX)
        log_warning("the kernel's arguments are %zu bytes long; a PV guest gets the first %d",
                    strlen(args), PV_COMMAND_LINE_MAX);
    if (signals_pending())
        return error_set(err, ERROR_INTERRUPTED, "stopped by a signal before the answer");
    return answer_deliver(&answer, format == ANSWER_DEFAULT ? ANSWER_SIMPLE : format,
                          run->settings->output, err);
}

static int commit(const struct run *run, const json_t *changes, struct error *err)
{
    if (record_commit(run->record, changes, err) < 0)
        return -1;
    outputs_keep(run->outputs);
    return 0;
}

/* How the record moves once the family's first round is done. */
static int plan_changes(const struct run *run, const struct install *install, json_t *changes,
                        struct error *err)
{
    json_array_clear(changes);
    if (install->distro->last_round == 1)
        return rounds_finish(run->record, changes, err);
    int result = rounds_advance(run->record, changes, 2, err);
    /* The rounds to come are that family's, whatever the repository says by then. */
    if (result == 0 && install->automatic)
        record_change_set(changes, "other_config", "install-distro", install->distro->name);
    return result;
}

static int round_one(const struct run *run, struct error *err)
{
    struct install install;
    autofree char *args = NULL;
    json_t *changes;
    int result;

    if (install_read(run->settings, run->record, &install, err) < 0)
        return -1;
    log_step("VM %s: round 1, installing %s from %s", run->record->id, install.tree.family,
             "its repository");
    /* A record that cannot move on is found before anything is fetched. */
    changes = record_changes_new();
    result = plan_changes(run, &install, changes, err);
    if (result == 0)
        result = install_run(run->settings, run->record, &install, run->outputs, &args, err);
    if (result == 0 && install.automatic)
        result = plan_changes(run, &install, changes, err);
    if (result == 0)
        result = outputs_name(run->outputs, err);
    if (result == 0)
        result = boot_deliver(run, run->outputs, args, err);
    if (result == 0)
        result = commit(run, changes, err);
    json_decref(changes);
    if (result == 0)
        log_step("VM %s: %s", run->record->id,
                 install.distro->last_round > 1 ? "install-round is 2 now"
                                                : "PV-bootloader is pygrub now");
    return result;
}

int boot_plan_handoff(const struct run *run, struct handoff *handoff, char **args,
                      struct error *err)
{
    const struct settings *settings = run->settings, *words = &run->words;
    const char *pv_args = NULL;

    if (!settings->operand_count)
        return error_set(err, ERROR_USAGE,
                         "VM %s is installed, and no disk was named to boot it from",
                         run->record->id);
    if (!run->record->backend->toolstack_adds_args &&
        record_get(run->record, NULL, "PV_args", &pv_args, err) < 0)
        return -1;
    autofree char *recorded = install_join(pv_args, words->args);
    *args = install_join(recorded, settings->args);
    *handoff = (struct handoff){
        .disk = settings->operands[0],
        .kernel = settings->kernel ? settings->kernel : words->kernel,
        .ramdisk = settings->ramdisk ? settings->ramdisk : words->ramdisk,
        .offset = settings->offset ? settings->offset : words->offset,
        .entry = settings->entry ? settings->entry : words->entry,
        .interactive = settings->interactive || words->interactive,
        .args = **args ? *args : NULL,
        .kernel_max = settings->kernel_max,
        .ramdisk_max = settings->ramdisk_max,
    };
    return 0;
}

static bool is_rhlike(const struct record *record)
{
    const char *family;

    /* The end of an installation moved the family's name to where it is remembered. */
    if (record_get(record, "other_config", "install-distro", &family, NULL) < 0 ||
        (!family && record_get(record, "other_config", ROUNDS_DISTRO, &family, NULL) < 0))
        return false;
    return !family || !*family || strcmp(family, "rhlike") == 0 || recognition_is_auto(family);
}

static int boot_installed(const struct run *run, struct error *err)
{
    autofree char *dom0_args = NULL, *args = NULL, *index = NULL;
    json_t *changes = record_changes_new();
    struct handoff handoff;
    int result = boot_plan_handoff(run, &handoff, &dom0_args, err);

    if (result == 0 && is_rhlike(run->record))
        result = boot_avoid_uek(run, &handoff, &index, changes, err);
    if (result == 0)
        result = handoff_pygrub(run->settings, &handoff, run->outputs, &args, err);
    if (result == 0)
        result = boot_deliver(run, run->outputs, args, err);
    if (result == 0 && json_array_size(changes))
        result = record_commit(run->record, changes, err);
    if (result == 0)
        outputs_keep(run->outputs);
    json_decref(changes);
    return result;
}

/* xapi passes the words of PV_bootloader_args on itself; with any other backend nobody does. */
static int read_words(struct run *run, struct error *err)
{
    const char *text;

    if (run->record->backend->toolstack_adds_args)
        return 0;
    if (record_get_default(run->record, NULL, "PV_bootloader_args", "", &text, err) < 0)
        return -1;
    if (settings_parse_words(text, &run->words, err) < 0)
        return error_prefix(err, "VM %s: PV_bootloader_args", run->record->id);
    return 0;
}

int command_boot(const struct settings *settings, struct error *err)
{
    autorecord struct record record = RECORD_INIT;
    autooutputs struct outputs outputs = OUTPUTS_INIT;
    struct record_store store;
    struct run run = {.settings = settings, .record = &record, .outputs = &outputs};
    unsigned round;
    int result = -1;

    if (!settings->vm)
        return error_set(err, ERROR_USAGE, "no VM: --vm=ID is missing (--help tells more)");
    signals_hold();
    if (record_store_choose(settings->record, settings->record_dir, &store, err) == 0 &&
        record_load(&store, settings->vm, RECORD_RUN, &record, err) == 0 &&
        read_round(&record, &round, err) == 0 && read_words(&run, err) == 0 &&
        outputs_open(&outputs, settings->output_directory, true, err) == 0)
        result = round == 1   ? round_one(&run, err)
                 : round == 2 ? boot_round_two(&run, err)
                              : boot_installed(&run, err);
    settings_free(&run.words);
    return result;
}
