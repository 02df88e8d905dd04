/* Who boots a VM from now on: the second round of an installation (an installed SUSE guest that
 * pygrub may not be able to boot by itself), and an installed VM of which nothing is known. See
 * decide.h.
 *
 * What the guest's own configuration boots is what we find ourselves. Whether pygrub boots the
 * same is asked of pygrub: it runs once by itself and, in the second round, once with the paths
 * that domUloader would have recorded, and the files are compared. That happens once in a VM's
 * life. Where pygrub does not boot the same, we boot the VM ourselves, at every start. What we
 * cannot read and GRUB might, inside the guest, is GRUB's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/decide.h"

#include <string.h>

#include "common/log.h"
#include "loader/boot/attempt.h"
#include "loader/boot/by_grub.h"
#include "loader/boot/finish.h"
#include "loader/boot/native.h"
#include "loader/boot/plan.h"
#include "loader/boot/uek.h"
#include "loader/record/rounds.h"

/* What is found out. */
struct decision {
    const struct boot_context *boot;
    struct boot_plan plan;
    struct probed probed;
    struct probed_entry entry; /* where BOOTS */
    bool boots;                /* we found an entry */
    struct attempt own;        /* ourselves */
    struct attempt alone;      /* pygrub by itself */
    struct attempt with_paths; /* pygrub with the entry's paths */
    char *index;               /* pygrub's --entry, where it needs one */
};

static void decision_free(struct decision *decision)
{
    attempt_free(&decision->with_paths);
    attempt_free(&decision->alone);
    attempt_free(&decision->own);
    probed_free(&decision->probed);
    boot_plan_free(&decision->plan);
    replace_string(&decision->index, NULL);
}
#define auto_decision __attribute__((cleanup(decision_free)))

/* --- the paths --------------------------------------------------------------------------- */

/* Whether pygrub might open a partition of TYPE (as libblkid names it) as a filesystem and
 * look for the kernel there. What is surely none is passed over by pygrub too. */
static bool may_be_opened(const char *type)
{
    static const char *const no_filesystem[] = {
        "",      "swap", "swsuspend",      "LVM2_member", "linux_raid_member", "crypto_LUKS",
        "btrfs", "f2fs", "DM_snapshot_cow"};

    for (size_t i = 0; i < ARRAY_SIZE(no_filesystem); i++)
        if (strcmp(type, no_filesystem[i]) == 0)
            return false;
    return true;
}

/* With --kernel, pygrub looks on the first partition that opens: any other needs --offset. */
static bool needs_offset(const struct probed *probed, const struct probed_entry *entry)
{
    const struct probed_disk *disk = &probed->disks[entry->disk];

    for (size_t i = 0; entry->disk < probed->disk_count && i < disk->partition_count; i++) {
        const struct probed_partition *partition = &disk->partitions[i];
        if (partition->number == entry->partition)
            return false;
        if (may_be_opened(partition->type ? partition->type : ""))
            return true;
    }
    return false;
}

/* A guest's own ramdisk is the last of several: those before it hold microcode. */
static const char *main_ramdisk(const struct probed_entry *entry)
{
    return entry->ramdisk_count ? entry->ramdisks[entry->ramdisk_count - 1] : NULL;
}

/* xapi splits PV_bootloader_args at spaces, and knows no quoting. */
static int check_recordable(const struct boot_context *boot, const struct handoff *handoff,
                            struct error *err)
{
    const char *const paths[] = {handoff->kernel, handoff->ramdisk};

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        if (paths[i] && !text_is_word(paths[i]))
            return error_set(err, ERROR_HANDOFF,
                             "VM %s: cannot record the path '%s' for pygrub: it holds white space",
                             boot->record->id, paths[i]);
    return 0;
}

static char *recorded_words(const struct handoff *handoff)
{
    auto_free char *kernel = xasprintf("--kernel %s", handoff->kernel);
    auto_free char *ramdisk = handoff->ramdisk ? xasprintf("--ramdisk %s", handoff->ramdisk) : NULL;
    auto_free char *offset = handoff->offset ? xasprintf("--offset %s", handoff->offset) : NULL;
    auto_free char *both = text_join(kernel, ramdisk);

    return text_join(both, offset);
}

/* --- the end ----------------------------------------------------------------------------- */

/* What is booted is what we found, but for what somebody said which only pygrub could find. */
static void tell(const struct decision *decision)
{
    const char *id = decision->boot->record->id;

    if (decision->boots)
        native_tell(id, &decision->probed);
    else if (decision->plan.instead)
        log_notice("VM %s: %s", id, decision->plan.instead);
}

static int finish_pygrub(const struct decision *decision, struct attempt *attempt,
                         const char *words, const char *pv_args, struct error *err)
{
    const struct boot_context *boot = decision->boot;
    json_auto_t *changes = record_changes_new();

    if (attempt->outputs.unpacked)
        log_warning("VM %s: pygrub boots it from now on, which unpacks no kernel, and this one had "
                    "to be unpacked; handoff=auto or native would go on unpacking",
                    boot->record->id);
    if (rounds_finish_with_args(boot->record, changes, words, pv_args, err) < 0)
        return -1;
    tell(decision);
    if (boot_finish(boot, &attempt->outputs, attempt->args, changes, err) < 0)
        return -1;
    log_step("VM %s: PV-bootloader is pygrub now%s%s", boot->record->id,
             words ? ", PV-bootloader-args " : ", which finds the guest's boot by itself",
             words ? words : "");
    return 0;
}

/* pygrub finds it by itself, or with no more than an entry. */
static int finish_alone(struct decision *decision, struct error *err)
{
    const char *args;

    if (!decision->index)
        return finish_pygrub(decision, &decision->alone, NULL, NULL, err);
    if (rounds_bootloader_args(decision->boot->record, &args, err) < 0)
        return -1;
    auto_free char *word = xasprintf("--entry %s", decision->index);
    auto_free char *words = text_join(args, word);
    return finish_pygrub(decision, &decision->alone, words, NULL, err);
}

static const char *why_not_pygrub(const struct decision *decision)
{
    if (decision->alone.why.text)
        return "cannot: ";
    if (!decision->alone.args)
        return "does not read what its kernel stands on";
    if (decision->own.outputs.unpacked)
        return "unpacks no kernel";
    return "boots something else than the guest's configuration says";
}

static int finish_own(struct decision *decision, struct error *err)
{
    const struct boot_context *boot = decision->boot;
    json_auto_t *changes = record_changes_new();

    if (rounds_finish_native(boot->record, changes, err) < 0)
        return -1;
    tell(decision);
    if (boot_finish(boot, &decision->own.outputs, decision->own.args, changes, err) < 0)
        return -1;
    log_step("VM %s: install-round is done now: eliloader itself boots it, for pygrub %s%s",
             boot->record->id, why_not_pygrub(decision),
             decision->alone.why.text ? decision->alone.why.text : "");
    return 0;
}

/* Whether we could not look at all (a helper that was killed, no memory): then nothing is known of
 * what the guest's own configuration boots. */
static bool has_not_looked(const struct decision *decision)
{
    return !decision->own.args && decision->own.why.name != ERROR_HANDOFF;
}

/* Whether what pygrub boots says nothing of what it would boot at the next start: we could not
 * look, or found the disk damaged, or empty of what can be booted. */
static bool is_unfounded(const struct decision *decision)
{
    if (has_not_looked(decision))
        return !decision->plan.handoff.kernel;
    return !decision->own.args && !handoff_may_read(&decision->probed);
}

/* Whether only pygrub can read the disk, and its kernel has to be unpacked, at every start. */
static bool needs_us(const struct decision *decision)
{
    return decision->alone.outputs.unpacked && !decision->own.args &&
           decision->boot->choice == HANDOFF_AUTO;
}

/* pygrub boots it now, and the next start finds out. */
static int finish_unknown(struct decision *decision, struct error *err)
{
    const struct boot_context *boot = decision->boot;
    json_auto_t *no_changes = record_changes_new();

    log_notice("VM %s: pygrub boots it this time, and its record stays as it is, for eliloader "
               "could not see what its disks boot: %s",
               boot->record->id, decision->own.why.text);
    return boot_finish(boot, &decision->alone.outputs, decision->alone.args, no_changes, err);
}

static int finish_nothing(const struct decision *decision, struct error *err)
{
    const struct error *own = &decision->own.why, *pygrub = &decision->alone.why;

    if (!pygrub->text) {
        error_set(err, own->name, "%s", own->text);
        return boot_hint(decision->boot, probed_all_blank(&decision->probed), err);
    }
    if (decision->boot->choice != HANDOFF_PYGRUB)
        return boot_both_failed(decision->boot, own, pygrub, probed_all_blank(&decision->probed),
                                err);
    if (own->text && own->name != ERROR_HANDOFF)
        return error_set(err, own->name, "%s", own->text);
    error_set(err, pygrub->name, "%s", pygrub->text);
    if (own->text)
        error_hint(err, "on the disk: %s", own->text);
    return boot_hint(decision->boot, probed_all_blank(&decision->probed), err);
}

/* --- with the paths ---------------------------------------------------------------------- */

/* Tries HANDOFF, and once more with OFFSET where pygrub did without and failed: it knows no
 * logical partitions, no sectors of 4096 bytes, no GPT but the first. */
static int try_paths(const struct boot_context *boot, struct handoff *handoff, const char *offset,
                     bool at_once, struct attempt *attempt, struct error *err)
{
    handoff->offset = at_once ? offset : NULL;
    if (attempt_pygrub(boot, handoff, attempt, err) < 0)
        return -1;
    if (attempt->args || at_once || !offset || attempt->why.name != ERROR_HANDOFF)
        return 0;
    handoff->offset = offset;
    return attempt_pygrub(boot, handoff, attempt, err);
}

/* What pygrub is asked for the entry's files, into HANDOFF, and whether it can be. 1: it can;
 * 0: only we can boot this entry; or -1 with ERR, where it has to be pygrub. */
static int plan_paths(const struct decision *decision, struct handoff *handoff, struct error *err)
{
    const struct probed_entry *entry = &decision->entry;
    bool must = decision->boot->choice == HANDOFF_PYGRUB;
    auto_error struct error why = ERROR_INIT;

    *handoff = decision->plan.handoff;
    handoff->kernel = entry->kernel;
    handoff->ramdisk = main_ramdisk(entry);
    if (check_recordable(decision->boot, handoff, must ? err : &why) < 0)
        return must ? -1 : 0;
    return must || entry->ramdisk_count < 2;
}

/* The entry is not what pygrub finds by itself, or pygrub finds nothing: with its paths, then. 1:
 * done; 0: pygrub cannot boot it so, or boots something else; or -1 with ERR. */
static int boot_with_paths(struct decision *decision, struct error *err)
{
    const struct boot_context *boot = decision->boot;
    const struct probed_entry *entry = &decision->entry;
    struct attempt *attempt = &decision->with_paths;
    /* With --kernel, pygrub does not look at the guest's configuration: its arguments have to
     * come from here, now and at every start. */
    auto_free char *args = text_join(entry->args, decision->plan.args);
    auto_free char *offset =
        entry->offset ? xasprintf("%llu", (unsigned long long)entry->offset) : NULL;
    struct handoff handoff;
    const char *pv_args;
    /* pygrub reads no volume that is made of others, and knows no sections of files */
    int can = entry->volume || entry->unified ? 0 : plan_paths(decision, &handoff, err);

    if (can <= 0)
        return can;
    handoff.args = *args ? args : NULL;
    if (try_paths(boot, &handoff, offset, needs_offset(&decision->probed, entry), attempt, err) < 0)
        return -1;
    if (!attempt->args)
        return 0;
    if (boot->choice == HANDOFF_AUTO &&
        (attempt->outputs.unpacked || !attempt_same(&decision->own, attempt)))
        return 0;
    if (attempt_same(&decision->alone, attempt))
        return finish_alone(decision, err) < 0 ? -1 : 1;
    if (rounds_pv_args(boot->record, &pv_args, err) < 0)
        return -1;
    auto_free char *all_args = *entry->args ? text_join(entry->args, pv_args) : NULL;
    auto_free char *words = recorded_words(&handoff);
    return finish_pygrub(decision, attempt, words, all_args, err) < 0 ? -1 : 1;
}

/* --- finding out ------------------------------------------------------------------------- */

/* Looks, and copies what it finds unless only pygrub may boot it. */
static int try_own(struct decision *decision, struct error *err)
{
    const struct boot_context *boot = decision->boot;
    bool no_copy = boot->choice == HANDOFF_PYGRUB;

    if (attempt_native(boot, &decision->plan, no_copy, &decision->probed, &decision->own, err) < 0)
        return -1;
    /* Another entry may be smaller; but it is not the one that the guest's configuration boots. */
    if (decision->own.why.name == ERROR_LIMITS)
        return error_set(err, ERROR_LIMITS, "%s", decision->own.why.text);
    decision->boots = decision->own.args && probed_boot(&decision->probed, &decision->entry);
    if (!decision->boots || decision->entry.disk == 0 || !no_copy)
        return 0;
    log_warning("VM %s: the kernel %s is on disk %u, and pygrub is given the first one only",
                boot->record->id, decision->entry.kernel, decision->entry.disk + 1);
    decision->boots = false;
    return 0;
}

/* Whether the entry that we found is ours to boot, whatever pygrub says: it cannot read what the
 * kernel stands on, and somebody neither named another kernel nor wants pygrub. */
static bool is_ours(const struct decision *decision)
{
    return decision->boot->choice == HANDOFF_AUTO && decision->boots &&
           !decision->plan.handoff.kernel && !handoff_reads(&decision->probed, &decision->entry);
}

/* pygrub is asked whether it boots the same as we, what is on a disk that we cannot read, or
 * because somebody wants it. Where we read a disk and found that nothing boots, there is nothing to
 * ask: it takes anything for a kernel, and a guest that makes such a disk had it read without our
 * confinement. Nor is there where it cannot read what the kernel stands on. */
static int try_alone(struct decision *decision, struct error *err)
{
    const struct boot_context *boot = decision->boot;

    if (is_ours(decision) || (boot->choice == HANDOFF_AUTO && !decision->own.args &&
                              !has_not_looked(decision) && !handoff_may_read(&decision->probed)))
        return 0;
    if (boot->state == VM_UNDECIDED &&
        (!decision->probed.known || uek_is_listed(&decision->probed)) &&
        uek_plan_pygrub(boot, &decision->plan, &decision->index, err) < 0)
        return -1;
    return attempt_pygrub(boot, &decision->plan.handoff, &decision->alone, err);
}

static int decide(struct decision *decision, struct error *err)
{
    const struct handoff *handoff = &decision->plan.handoff;
    bool own = decision->own.args && decision->boot->choice == HANDOFF_AUTO;
    int done = 0;

    if (decision->alone.args && (is_unfounded(decision) || needs_us(decision)))
        return finish_unknown(decision, err);
    /* Somebody said which kernel it shall be, or only pygrub can read the disk. */
    if (decision->alone.args && !decision->own.outputs.unpacked &&
        (handoff->kernel || !decision->boots || attempt_same(&decision->own, &decision->alone)))
        return finish_alone(decision, err);
    if (decision->boots && !handoff->kernel && decision->entry.disk == 0 && !is_ours(decision) &&
        decision->boot->state == VM_SECOND_ROUND)
        done = boot_with_paths(decision, err);
    if (done != 0)
        return done < 0 ? -1 : 0;
    if (own)
        return finish_own(decision, err);
    if (!decision->with_paths.why.text)
        return finish_nothing(decision, err);
    error_set(err, decision->with_paths.why.name, "%s", decision->with_paths.why.text);
    return boot_hint(decision->boot, probed_all_blank(&decision->probed), err);
}

int boot_decide(const struct boot_context *boot, struct error *err)
{
    auto_decision struct decision decision = {.boot = boot,
                                              .plan = PLAN_INIT,
                                              .probed = PROBED_INIT,
                                              .own = ATTEMPT_INIT,
                                              .alone = ATTEMPT_INIT,
                                              .with_paths = ATTEMPT_INIT};

    if (boot_plan(boot, PLAN_WITHOUT_RECORDED, &decision.plan, err) < 0)
        return -1;
    /* Its menu would boot what somebody picks there, which decides nothing. */
    if (boot->choice == HANDOFF_AUTO)
        decision.plan.handoff.interactive = false;
    if (try_own(&decision, err) < 0)
        return -1;
    /* What it reads inside the guest, nobody has to read here. */
    if (boot_grub_instead(boot, &decision.plan, &decision.probed, &decision.own.why))
        return boot_grub(boot, err);
    if (try_alone(&decision, err) < 0)
        return -1;
    return decide(&decision, err);
}
