/* Round two: an installed SUSE guest that pygrub may not be able to boot by itself. What
 * domUloader did: the disk is looked into, the kernel's and ramdisk's paths are recorded, and
 * pygrub boots them, now and from now on.
 *
 * Whether pygrub finds the same boot by itself is asked of pygrub: it runs once by itself and
 * once with the paths, and the files are compared. That happens once in a VM's life.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "loader/boot.h"
#include "loader/install.h"
#include "loader/prober.h"
#include "loader/rounds.h"

#define COMPARE_CHUNK (64 * 1024)
/* Part of the version of Oracle Linux 5's Unbreakable Enterprise Kernel. */
#define UEK_5 "el5uek"

/* One way to boot, tried. */
struct attempt {
    struct outputs outputs;
    char *args; /* NULL: it failed */
};

static void attempt_free(struct attempt *attempt)
{
    outputs_free(&attempt->outputs);
    replace_string(&attempt->args, NULL);
}
#define autoattempt __attribute__((cleanup(attempt_free)))
#define ATTEMPT_INIT       \
    (struct attempt)       \
    {                      \
        OUTPUTS_INIT, NULL \
    }

static int try(const struct run *run, const struct handoff *handoff, struct attempt *attempt,
               struct error *err)
{
    attempt_free(attempt);
    if (outputs_open(&attempt->outputs, run->settings->output_directory, true, err) < 0)
        return -1;
    return handoff_pygrub(run->settings, handoff, &attempt->outputs, &attempt->args, err);
}

/* --- the same boot? ---------------------------------------------------------------------- */

static bool same_file(const struct output_file *a, const struct output_file *b)
{
    struct stat of_a, of_b;
    off_t offset = 0;

    if (a->fd < 0 || b->fd < 0)
        return a->fd < 0 && b->fd < 0;
    if (fstat(a->fd, &of_a) < 0 || fstat(b->fd, &of_b) < 0 || of_a.st_size != of_b.st_size)
        return false;
    autofree char *chunk_a = xmalloc(COMPARE_CHUNK), *chunk_b = xmalloc(COMPARE_CHUNK);
    while (offset < of_a.st_size) {
        ssize_t got_a = pread_all(a->fd, chunk_a, COMPARE_CHUNK, offset);
        ssize_t got_b = pread_all(b->fd, chunk_b, COMPARE_CHUNK, offset);
        if (got_a <= 0 || got_a != got_b || memcmp(chunk_a, chunk_b, (size_t)got_a) != 0)
            return false;
        offset += got_a;
    }
    return true;
}

static bool same_boot(const struct attempt *a, const struct attempt *b)
{
    return a->args && b->args && same_file(&a->outputs.kernel, &b->outputs.kernel) &&
           same_file(&a->outputs.ramdisk, &b->outputs.ramdisk);
}

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
    const json_t *disk = json_array_get(json_object_get(probed->json, "disks"), entry->disk);
    const json_t *partition;
    size_t i;

    json_array_foreach(json_object_get(disk, "partitions"), i, partition)
    {
        const char *type = json_string_value(json_object_get(partition, "type"));
        json_int_t number = json_integer_value(json_object_get(partition, "number"));
        if (number >= 0 && (unsigned)number == entry->partition)
            return false;
        if (may_be_opened(type ? type : ""))
            return true;
    }
    return false;
}

/* A guest's own ramdisk is the last of several: those before it hold microcode. */
static const char *main_ramdisk(const struct probed *probed, const struct probed_entry *entry)
{
    const json_t *boot = json_object_get(probed->json, "boot");
    const json_t *ramdisks = json_object_get(boot, "ramdisks");

    if (entry->ramdisk_count < 2)
        return entry->ramdisk;
    return json_string_value(json_array_get(ramdisks, entry->ramdisk_count - 1));
}

/* xapi splits PV_bootloader_args at spaces, and knows no quoting. */
static int check_recordable(const struct run *run, const struct handoff *handoff, struct error *err)
{
    const char *const paths[] = {handoff->kernel, handoff->ramdisk};

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        if (paths[i] && !text_is_word(paths[i]))
            return error_set(err, ERROR_HANDOFF,
                             "VM %s: cannot record the path '%s' for pygrub: it holds white space",
                             run->record->id, paths[i]);
    return 0;
}

static char *recorded_words(const struct handoff *handoff)
{
    autofree char *kernel = xasprintf("--kernel %s", handoff->kernel);
    autofree char *ramdisk = handoff->ramdisk ? xasprintf("--ramdisk %s", handoff->ramdisk) : NULL;
    autofree char *offset = handoff->offset ? xasprintf("--offset %s", handoff->offset) : NULL;
    autofree char *both = install_join(kernel, ramdisk);

    return install_join(both, offset);
}

/* --- the round --------------------------------------------------------------------------- */

static int log_problems(const struct probed *probed)
{
    const char *problem;
    int count = 0;

    while ((problem = probed_problem(probed, (size_t)count))) {
        log_step("%s", problem);
        count++;
    }
    return count;
}

static int finish(const struct run *run, struct attempt *attempt, const char *words,
                  const char *pv_args, struct error *err)
{
    json_t *changes = record_changes_new();
    int result = rounds_finish_with_args(run->record, changes, words, pv_args, err);

    if (result == 0)
        result = boot_deliver(run, &attempt->outputs, attempt->args, err);
    if (result == 0)
        result = record_commit(run->record, changes, err);
    json_decref(changes);
    if (result < 0)
        return -1;
    outputs_keep(&attempt->outputs);
    log_step("VM %s: PV-bootloader is pygrub now%s%s", run->record->id,
             words ? ", PV-bootloader-args " : ", which finds the guest's boot by itself",
             words ? words : "");
    return 0;
}

/* Tries HANDOFF, and once more with OFFSET where pygrub did without and failed: it knows no
 * logical partitions, no sectors of 4096 bytes, no GPT but the first. */
static int try_paths(const struct run *run, struct handoff *handoff, const char *offset,
                     bool at_once, struct attempt *attempt, struct error *err)
{
    handoff->offset = at_once ? offset : NULL;
    if (try(run, handoff, attempt, err) == 0)
        return 0;
    if (at_once || !offset || err->name != ERROR_HANDOFF)
        return -1;
    handoff->offset = offset;
    return try(run, handoff, attempt, err);
}

/* ENTRY is not what pygrub finds by itself, or pygrub finds nothing: with its paths, then. */
static int boot_with_paths(const struct run *run, const struct handoff *plain,
                           const struct probed *probed, const struct probed_entry *entry,
                           struct attempt *alone, struct error *err)
{
    autofree char *offset =
        entry->offset ? xasprintf("%llu", (unsigned long long)entry->offset) : NULL;
    /* With --kernel, pygrub does not look at the guest's configuration: its arguments have to
     * come from here, now and at every start. */
    autofree char *args = install_join(entry->args, plain->args);
    autoattempt struct attempt attempt = ATTEMPT_INIT;
    struct handoff handoff = *plain;
    const char *pv_args = NULL;

    handoff.kernel = entry->kernel;
    handoff.ramdisk = main_ramdisk(probed, entry);
    handoff.args = *args ? args : NULL;
    if (check_recordable(run, &handoff, err) < 0 ||
        try_paths(run, &handoff, offset, needs_offset(probed, entry), &attempt, err) < 0)
        return -1;
    if (same_boot(alone, &attempt))
        return finish(run, alone, NULL, NULL, err);
    if (record_get(run->record, NULL, "PV_args", &pv_args, err) < 0)
        return -1;
    autofree char *all_args = *entry->args ? install_join(entry->args, pv_args) : NULL;
    autofree char *words = recorded_words(&handoff);
    return finish(run, &attempt, words, all_args, err);
}

int boot_round_two(const struct run *run, struct error *err)
{
    autoprobed struct probed probed = PROBED_INIT;
    autoattempt struct attempt alone = ATTEMPT_INIT;
    autoerror struct error why_not = ERROR_INIT;
    autofree char *args = NULL;
    const char *arch;
    struct probed_entry entry;
    struct handoff handoff;

    if (boot_plan_handoff(run, &handoff, &args, err) < 0 ||
        record_get_default(run->record, "other_config", "install-arch", "i386", &arch, err) < 0 ||
        probe_disks(run->settings, run->settings->operands, run->settings->operand_count,
                    "sleslike", arch, &probed, err) < 0)
        return -1;
    int problems = log_problems(&probed);
    bool boots = probed_boot(&probed, &entry);
    if (boots && entry.disk != 0) {
        log_warning("VM %s: the kernel %s is on disk %u, and pygrub is given the first one only",
                    run->record->id, entry.kernel, entry.disk + 1);
        boots = false;
    }
    if (try(run, &handoff, &alone, &why_not) < 0 && why_not.name == ERROR_INTERRUPTED)
        return error_set(err, why_not.name, "%s", why_not.text);
    /* Somebody said which kernel it shall be, or only pygrub can read the disk. */
    if (alone.args && (handoff.kernel || !boots))
        return finish(run, &alone, NULL, NULL, err);
    if (boots && !handoff.kernel)
        return boot_with_paths(run, &handoff, &probed, &entry, &alone, err);
    error_set(err, why_not.name, "%s", why_not.text ? why_not.text : "pygrub failed");
    if (problems)
        error_hint(err, "on the disk: %s", probed_problem(&probed, 0));
    return -1;
}

/* --- Oracle Linux 5 ---------------------------------------------------------------------- */

/* An index means something in its own menu only. */
static bool same_menu(const struct probed_entry *a, const struct probed_entry *b)
{
    return a->disk == b->disk && a->partition == b->partition && a->source && b->source &&
           strcmp(a->source, b->source) == 0;
}

int boot_avoid_uek(const struct run *run, struct handoff *handoff, char **index, json_t *changes,
                   struct error *err)
{
    autoprobed struct probed probed = PROBED_INIT;
    autoerror struct error ignored = ERROR_INIT;
    struct probed_entry entry, other;
    const char *args;

    if (handoff->kernel || handoff->entry)
        return 0;
    /* pygrub can read disks that we cannot: a failed look is no failed boot. */
    if (probe_disks(run->settings, run->settings->operands, run->settings->operand_count, NULL,
                    NULL, &probed, &ignored) < 0) {
        log_step("%s", ignored.text);
        return ignored.name == ERROR_INTERRUPTED ? error_set(err, ignored.name, "%s", ignored.text)
                                                 : 0;
    }
    if (!probed_boot(&probed, &entry) || !strstr(entry.kernel, UEK_5))
        return 0;
    for (size_t i = 0; probed_entry_at(&probed, i, &other); i++) {
        if (strstr(other.kernel, UEK_5) || !same_menu(&other, &entry) || !other.index ||
            !text_is_word(other.index))
            continue;
        *index = xstrdup(other.index);
        handoff->entry = *index;
        log_step("VM %s: the kernel %s cannot run as a PV guest; entry %s (%s) is taken instead",
                 run->record->id, entry.kernel, *index, other.kernel);
        if (record_get(run->record, NULL, "PV_bootloader_args", &args, err) < 0)
            return -1;
        autofree char *word = xasprintf("--entry %s", *index);
        autofree char *all = install_join(args, word);
        record_change_test(changes, NULL, "PV_bootloader_args", args);
        record_change_set(changes, NULL, "PV_bootloader_args", all);
        return 0;
    }
    log_warning("VM %s: the kernel %s cannot run as a PV guest, and there is no other entry",
                run->record->id, entry.kernel);
    return 0;
}
