/* A guest. See guest.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/guest.h"

#include <string.h>
#include <unistd.h>

#include "common/text.h"
#include "loader/helpers/fsprobe.h"
#include "loader/host/open_file.h"
#include "loader/record/rounds_state.h"
#include "loader/record/store.h"

/* --- the record -------------------------------------------------------------------------- */

static int load(const struct settings *settings, const char *id, struct record_store *store,
                struct record *record, struct error *err)
{
    const struct record_places places = {settings->record, settings->record_dir,
                                         settings->xapi_socket};

    *record = RECORD_INIT;
    if (record_store_choose(&places, id, store, err) < 0)
        return -1;
    return record_load(store, id, RECORD_READ, record, err);
}

bool check_is_vm(const struct settings *settings, const char *id)
{
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    auto_record struct record record = RECORD_INIT;
    auto_error struct error why = ERROR_INIT;

    if (strchr(id, '/') || (access(id, F_OK) == 0 && !record_id_valid(id)))
        return false;
    return access(id, F_OK) < 0 || load(settings, id, &store, &record, &why) == 0;
}

static const char *state_words(enum vm_state state)
{
    static const char *const words[] = {
        [VM_FIRST_ROUND] = "it is to be installed: a start fetches its installer",
        [VM_SECOND_ROUND] = "it is in the second round of its installation",
        [VM_UNDECIDED] = "it is installed, and its next start finds out who boots it",
        [VM_DONE] = "it is installed, and eliloader itself boots it",
        [VM_LEFT] = "it is installed, and PV-bootloader is another program: pygrub boots it",
    };

    return words[state];
}

/* False when it cannot be used, so that there is no more to look at. */
static bool check_record(struct check_report *report, const struct settings *settings)
{
    auto_record_store struct record_store store = RECORD_STORE_INIT;
    auto_record struct record record = RECORD_INIT;
    auto_error struct error why = ERROR_INIT;
    enum vm_state state;

    if (load(settings, settings->vm, &store, &record, &why) < 0) {
        check_say_error(
            report, CHECK_FAILED, "record",
            "`eliloader vm create` makes one that is not there; what is damaged, mend or remove",
            &why);
        return false;
    }
    check_say(report, CHECK_OK, "record", NULL, "VM %s is kept by the backend %s%s", record.id,
              record.backend->name,
              record_is_roots(&record) ? "" : "; others than root may edit it");
    if (rounds_state(&record, &state, &why) < 0) {
        check_say_error(report, CHECK_FAILED, "state",
                        "`eliloader vm set` mends the key that is named", &why);
        return false;
    }
    check_say(report, CHECK_OK, "state", NULL, "VM %s: %s", record.id, state_words(state));
    return true;
}

/* --- disks ------------------------------------------------------------------------------- */

/* Whether all can be opened, as a start opens them: the first has to be there. */
static bool open_disks(struct check_report *report, const struct settings *settings)
{
    bool first = true;

    for (size_t i = 0; i < settings->operand_count; i++) {
        auto_error struct error why = ERROR_INIT;
        auto_fd int fd = disk_open(settings->operands[i], "disk", true, ERROR_INTERNAL, &why);

        if (fd >= 0)
            continue;
        first = first && i > 0;
        check_say_error(report, i ? CHECK_WARNING : CHECK_FAILED, "disk",
                        i ? "it is left out: name a file or a device that is there"
                          : "name a file or a device that is there, and that you may read",
                        &why);
    }
    return first;
}

static void add(struct buffer *line, const char *before, const char *text)
{
    (void)buffer_addf(line, "%s%s", before, text);
}

static const char *table_words(const char *table)
{
    return table && strcmp(table, "none") != 0 ? table : "no partition table";
}

static void say_disk(struct check_report *report, const struct probed_disk *disk, const char *path)
{
    auto_buffer struct buffer line = BUFFER_INIT(16 * 1024);

    for (size_t i = 0; i < disk->partition_count; i++) {
        const struct probed_partition *partition = &disk->partitions[i];
        add(&line, i ? ", " : "", partition->type ? partition->type : "unknown");
        if (partition->label)
            (void)buffer_addf(&line, " '%s'", partition->label);
    }
    check_say(report, CHECK_OK, "disk", NULL, "%s: %s%s%s", path, table_words(disk->table),
              line.length ? ": " : "", buffer_text(&line));
}

static void look_at_disks(struct check_report *report, const struct settings *settings)
{
    auto_probed struct probed probed = PROBED_INIT;
    auto_error struct error why = ERROR_INIT;

    if (probe_disks(settings, settings->operands, settings->operand_count, NULL, &probed, &why) <
        0) {
        check_say_error(report, CHECK_FAILED, "disk", NULL, &why);
        return;
    }
    for (size_t i = 0; i < probed.disk_count; i++)
        say_disk(report, &probed.disks[i], settings->operands[i]);
    for (size_t i = 0; i < probed.problem_count; i++)
        check_say(report, CHECK_WARNING, "disk",
                  "mend it in the guest, unless something else is to boot; `eliloader probe` shows "
                  "what there is",
                  "%s", probed.problems[i]);
}

/* --- together ---------------------------------------------------------------------------- */

int check_vm(struct check_report *report, const struct settings *settings, enum guest_kind kind,
             check_boot *boot, struct error *err)
{
    /* What is wrong with a disk of a VM that is to be installed is not in its start's way. */
    if (!check_record(report, settings))
        return 0;
    (void)open_disks(report, settings);
    return check_start(report, settings, kind, boot, err);
}

int check_disks(struct check_report *report, const struct settings *settings, enum guest_kind kind,
                check_boot *boot, struct error *err)
{
    if (settings->operand_count && !open_disks(report, settings))
        return 0;
    /* Where GRUB boots all, nobody here reads a guest's disk. */
    if (settings->operand_count && settings->handoff != HANDOFF_GRUB)
        look_at_disks(report, settings);
    return check_start(report, settings, kind, boot, err);
}
