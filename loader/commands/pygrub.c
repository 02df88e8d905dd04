/* Without --vm: what pygrub does, for a guest's disks and with pygrub's own options. See
 * commands.h.
 *
 * The guest is booted by the loader itself; pygrub is asked where it knows the disk's filesystem
 * and we do not, or where somebody wants it (--handoff=pygrub). GRUB, inside the guest, boots what
 * cannot be read here, or all (--handoff=grub).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/log.h"
#include "loader/boot/finish.h"
#include "loader/boot/guest_kind.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/limits.h"
#include "loader/boot/native.h"
#include "loader/boot/unpack.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/helpers/menu.h"
#include "loader/helpers/pygrub.h"
#include "loader/output/answer.h"
#include "loader/sources/grub.h"

/* -l: no entries. pygrub ends with 0 there, which tells a script nothing. */
#define STATUS_NO_ENTRIES 1

/* A boot that was found. */
struct found {
    struct probed probed;
    bool by_pygrub, by_grub;
    char *args; /* the guest's whole command line */
};

static void found_free(struct found *found)
{
    probed_free(&found->probed);
    replace_string(&found->args, NULL);
}

/* --- what is asked for ------------------------------------------------------------------- */

/* A path on the disk as fsprobe wants it. The caller frees; NULL for NULL. */
static char *absolute(const char *path)
{
    return !path ? NULL : xasprintf("%s%s", path[0] == '/' ? "" : "/", path);
}

static int read_offset(const struct settings *settings, struct probe_want *want, struct error *err)
{
    if (!settings->offset)
        return 0;
    want->has_offset = true;
    if (text_to_number(settings->offset, INT64_MAX, &want->offset))
        return 0;
    return error_set(err, ERROR_USAGE, "--offset is not a number of bytes: '%s'", settings->offset);
}

/* --- finding it -------------------------------------------------------------------------- */

/* Not earlier than there is something to put there: -n leaves nothing behind. */
static int open_outputs(const struct settings *settings, struct outputs *outputs, struct error *err)
{
    if (outputs->directory)
        return 0;
    return outputs_open(outputs, settings->output_directory, true, err);
}

/* pygrub's turn. It takes one disk: the first. */
static int find_by_pygrub(const struct settings *settings, const struct probe_want *want,
                          struct outputs *outputs, struct found *found, struct error *err)
{
    struct handoff handoff = {
        .disk = settings->operands[0],
        .kernel = settings->kernel,
        .ramdisk = settings->ramdisk,
        .offset = settings->offset,
        .entry = want->entry,
        .interactive = menu_wanted(settings) && isatty(STDOUT_FILENO),
        .args = settings->args,
        .kernel_max = want->kernel_max,
        .ramdisk_max = want->ramdisk_max,
    };
    struct settings for_pygrub = *settings;

    /* pygrub shows its menu at any terminal, and the one that libxl gives is always there. */
    for_pygrub.quiet = !handoff.interactive;
    found->by_pygrub = true;
    if (open_outputs(settings, outputs, err) < 0 ||
        limits_fit_alike(settings, settings->output_directory, &handoff.kernel_max,
                         &handoff.ramdisk_max, err) < 0)
        return -1;
    if (handoff_pygrub(&for_pygrub, &handoff, outputs, &found->args, err) < 0)
        return -1;
    if (kernel_support_check(settings, outputs->kernel.fd, want->kind,
                             "the kernel that pygrub found", err) < 0)
        return -1;
    return unpack_kernel(settings, want->kind, want->kernel_max, "the kernel that pygrub found",
                         outputs, err);
}

/* GRUB's turn, for which nothing is read; with -n there is nothing to copy either. */
static int find_by_grub(const struct settings *settings, const struct probe_want *want,
                        struct outputs *outputs, struct found *found, struct error *err)
{
    found->by_grub = true;
    if (settings->not_really
            ? grub_find(settings, want->kind, err) < 0
            : open_outputs(settings, outputs, err) < 0 ||
                  grub_take(settings, want->kind, want->kernel_max, outputs, err) < 0)
        return -1;
    if (settings->args)
        log_warning("the arguments '%s' are GRUB's, which does not pass them on to the guest's "
                    "kernel",
                    settings->args);
    found->args = xstrdup(settings->args ? settings->args : "");
    return 0;
}

/* Whether anything is asked for that GRUB cannot be told. */
static bool has_wish(const struct settings *settings)
{
    return settings->entry || settings->kernel || settings->ramdisk || settings->offset;
}

/* Whether GRUB may boot what the loader itself, for the reason ERR, could not read; where only it
 * is missing, ERR says so. */
static bool grub_may_boot(const struct settings *settings, const struct probe_want *want,
                          const struct found *found, struct error *err)
{
    auto_error struct error missing = ERROR_INIT;

    if (settings->handoff != HANDOFF_AUTO || err->name != ERROR_HANDOFF || found->probed.boots ||
        has_wish(settings) || want->args || !grub_may_read(&found->probed))
        return false;
    if (grub_find(settings, want->kind, &missing) == 0)
        return true;
    error_hint(err, "%s", missing.text);
    return false;
}

/* Whether pygrub may boot what the loader itself, for the reason ERR, did not: only what we cannot
 * read at all. Of what we read, ours is the opinion that counts: pygrub takes anything for a
 * kernel, and would read a disk with which something is wrong without our confinement. An entry
 * that a configuration lacks, and a ramdisk that is not there, pygrub would replace by another
 * without a word. */
static bool pygrub_may_know(const struct settings *settings, const char *entry,
                            const struct found *found, const struct error *err)
{
    struct probed_entry first;

    return settings->handoff == HANDOFF_AUTO && err->name == ERROR_HANDOFF &&
           handoff_may_read(&found->probed) &&
           !((entry || (settings->ramdisk && !settings->kernel)) &&
             probed_entry_at(&found->probed, 0, &first)) &&
           handoff_has_pygrub(settings);
}

/* Finds what WANT asks for and puts its files into OUTPUTS; with -n only where pygrub, which can do
 * nothing else, has to find it. */
static int find(const struct settings *settings, const struct probe_want *want,
                struct outputs *outputs, struct found *found, struct error *err)
{
    auto_error struct error why_not = ERROR_INIT;
    struct probe_want native = *want;

    if (settings->handoff == HANDOFF_PYGRUB)
        return find_by_pygrub(settings, want, outputs, found, err);
    if (settings->handoff == HANDOFF_GRUB)
        return find_by_grub(settings, want, outputs, found, err);
    if (!settings->not_really) {
        if (open_outputs(settings, outputs, err) < 0)
            return -1;
        native.outputs = outputs;
    }
    if (native_boot(settings, settings->operands, settings->operand_count, &native, settings->args,
                    &found->probed, &found->args, err) == 0)
        return 0;
    if (grub_may_boot(settings, want, found, err)) {
        log_notice("%s; so GRUB boots it, inside the guest", err->text);
        error_clear(err);
        return find_by_grub(settings, want, outputs, found, err);
    }
    /* Nor would it know of what somebody has typed. */
    if (want->args || !pygrub_may_know(settings, want->entry, found, err))
        return -1;
    log_step("%s; perhaps pygrub can", err->text);
    if (find_by_pygrub(settings, want, outputs, found, &why_not) == 0) {
        error_clear(err);
        return 0;
    }
    if (why_not.name == ERROR_INTERRUPTED)
        return error_set(err, why_not.name, "%s", why_not.text);
    log_step("%s", why_not.text);
    return -1;
}

/* --- the answer -------------------------------------------------------------------------- */

static void print_line(const char *key, const char *text)
{
    auto_free char *safe = text_escape_again(text, ANSWER_ITEM_MAX);

    printf("%s%s%s\n", key, *safe ? " " : "", safe);
}

static void print_ramdisks(const struct probed_entry *entry, const char *key)
{
    for (size_t i = 0; i < entry->ramdisk_count; i++)
        print_line(key, entry->ramdisks[i]);
}

/* -n: the lines of the simple answer, with the paths on the guest's disk. */
static int print_found(const struct found *found, struct error *err)
{
    struct probed_entry entry;

    if (found->by_grub) {
        printf("kernel (GRUB chooses it, inside the guest)\n");
    } else if (!found->by_pygrub && probed_boot(&found->probed, &entry)) {
        print_line("kernel", entry.kernel);
        print_ramdisks(&entry, "ramdisk");
    } else {
        printf("kernel (pygrub chooses it)\n");
    }
    if (*found->args)
        print_line("args", found->args);
    return finish_output(err);
}

static int boot(const struct settings *settings, const struct probe_want *want, struct error *err)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    struct found found __attribute__((cleanup(found_free))) = {.probed = PROBED_INIT};
    int result = find(settings, want, &outputs, &found, err);
    if (result == 0 && !found.by_pygrub)
        native_tell(NULL, &found.probed);
    if (!settings->not_really)
        return result < 0 ? -1 : boot_deliver(settings, ANSWER_SXP, &outputs, found.args, err);
    /* As pygrub has it: no such file is no failure of pygrub's. */
    if (result < 0 && err->name == ERROR_HANDOFF)
        err->name = ERROR_INTERNAL;
    return result < 0 ? -1 : print_found(&found, err);
}

/* --- the list ---------------------------------------------------------------------------- */

/* As pygrub prints an entry, and what --entry takes. */
static void print_entry(const struct probed *probed, size_t index)
{
    struct probed_entry entry;

    if (!probed_entry_at(probed, index, &entry))
        return;
    print_line("title:", entry.title ? entry.title : entry.kernel);
    printf("  root: d%u", entry.disk);
    if (entry.partition)
        printf("p%u", entry.partition - 1);
    putchar('\n');
    print_line("  kernel:", entry.kernel);
    print_line("  args:", entry.args);
    print_ramdisks(&entry, "  initrd:");
    printf("  number: %u\n", entry.number);
    if (entry.id)
        print_line("  id:", entry.id);
}

static int list(const struct settings *settings, const struct probe_want *want, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    const char *problem, *last = NULL;
    size_t first, end;

    if (probe_disks(settings, settings->operands, settings->operand_count, want, &probed, err) < 0)
        return -1;
    probed_menu(&probed, &first, &end);
    for (size_t i = first; i < end; i++)
        print_entry(&probed, i);
    if (finish_output(err) < 0)
        return -1;
    if (first < end)
        return 0;
    for (size_t i = 0; (problem = probed_problem(&probed, i)); i++)
        last = problem;
    log_warning("%s has no boot entries%s%s", settings->operands[0], last ? ": " : "",
                last ? last : "");
    return STATUS_NO_ENTRIES;
}

/* --- together ---------------------------------------------------------------------------- */

/* What GRUB cannot be told, and what only reading the disks could tell. */
static int check_grub(const struct settings *settings, struct error *err)
{
    if (settings->handoff != HANDOFF_GRUB || (!settings->list_entries && !has_wish(settings)))
        return 0;
    return error_set(err, ERROR_USAGE,
                     "%s does not go with handoff grub: GRUB reads the guest's disks, inside the "
                     "guest, and nobody here does",
                     settings->list_entries ? "--list-entries"
                     : settings->entry      ? "--entry"
                     : settings->kernel     ? "--kernel"
                     : settings->ramdisk    ? "--ramdisk"
                                            : "--offset");
}

static int ask_host(const struct settings *settings, struct fetch_limits *limits,
                    enum guest_kind *kind, struct error *err)
{
    struct xenstore_found store;

    xenstore_look(settings, &store);
    if (limits_read(settings, NULL, NULL, &store, limits, err) < 0 ||
        guest_kind_find(settings, NULL, NULL, &store, kind, err) < 0)
        return -1;
    if (settings->list_entries || settings->not_really)
        return 0;
    return limits_fit(settings, settings->output_directory, limits, err);
}

int command_dropin(const struct settings *settings, struct error *err)
{
    struct fetch_limits limits;
    struct probe_want want = {.entry = NULL};
    auto_free char *kernel = absolute(settings->kernel), *ramdisk = absolute(settings->ramdisk);
    auto_menu_choice struct menu_choice chosen = MENU_CHOICE_INIT;

    if (!settings->operand_count)
        return error_set(err, ERROR_USAGE, "no disk: a DISK is missing (--help tells more)");
    if (check_grub(settings, err) < 0 || read_offset(settings, &want, err) < 0)
        return -1;
    signals_hold();
    if (ask_host(settings, &limits, &want.kind, err) < 0)
        return -1;
    want.well_known = settings->well_known;
    want.kernel_max = limits.kernel_max;
    want.ramdisk_max = limits.ramdisk_max;
    want.kernel_reason = limits.kernel_reason;
    want.ramdisk_reason = limits.ramdisk_reason;
    if (settings->list_entries)
        return list(settings, &want, err);
    /* pygrub and GRUB show their own. */
    if (settings->handoff != HANDOFF_PYGRUB && settings->handoff != HANDOFF_GRUB &&
        menu_ask(settings, settings->operands, settings->operand_count, &want, &chosen, err) < 0)
        return -1;
    want.entry = chosen.entry ? chosen.entry : settings->entry;
    want.args = chosen.args;
    want.kernel = chosen.kernel ? chosen.kernel : kernel;
    want.ramdisk = chosen.kernel ? chosen.ramdisk : ramdisk;
    return boot(settings, &want, err);
}
