/* Disks to volumes to filesystems to the choice.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/probe.h"

#include <sys/stat.h>

#include "fsprobe/cause.h"
#include "fsprobe/disk/layers.h"
#include "fsprobe/filesystems.h"
#include "fsprobe/fs/source.h"

int probe_prepare(struct probe *probe, const struct probe_request *request, int first_fd,
                  struct error *err)
{
    for (unsigned i = 0; i < request->disk_count; i++) {
        if (disk_prepare(&probe->disks[i], first_fd + (int)i, request->disks[i], err) < 0)
            return -1;
        probe->guest.disk_count++;
    }
    for (unsigned i = 0; request->copy.wanted && i < ARRAY_SIZE(probe->outputs); i++) {
        struct stat status;
        probe->outputs[i] = first_fd + (int)(request->disk_count + i);
        if (fstat(probe->outputs[i], &status) < 0 || !S_ISREG(status.st_mode))
            return error_set(err, ERROR_INTERNAL,
                             "cannot copy: a file to copy to was not given to fsprobe");
    }
    return 0;
}

/* A filesystem that somebody knows to begin at an offset, or on the bare disk, where no partition
 * table says so. */
static void add_selected_volume(struct probe *probe, const struct selection *select)
{
    struct guest *guest = &probe->guest;
    const struct disk *disk = &probe->disks[0];
    bool bare = select->has_partition && select->partition == 0 && !select->has_offset;
    uint64_t offset = select->has_offset ? select->offset : 0;

    if ((!select->has_offset && !bare) || (select->has_offset && select->has_partition) ||
        offset >= disk->size)
        return;
    for (size_t i = 0; i < guest->volume_count; i++)
        if (select_covers(select, &guest->volumes[i]))
            return;
    struct volume volume = disk_volume(disk, 0, 0, offset, disk->size - offset, &guest->budget);
    /* There is one place only for what is in no partition: GRUB calls it (hd0). */
    int place = guest_find(guest, 0, 0);
    if (place < 0 && guest->volume_count == GUEST_VOLUMES_MAX) {
        volume_free(&volume);
        return;
    }
    if (place >= 0)
        volume_free(&guest->volumes[place]);
    guest->volumes[place >= 0 ? (size_t)place : guest->volume_count++] = volume;
}

static void open_volume(struct probe *probe, size_t index)
{
    struct volume *volume = &probe->guest.volumes[index];
    const struct filesystem *filesystem = volume->source ? filesystem_of(volume->type) : NULL;
    auto_error struct error err = ERROR_INIT;
    auto_free char *note = NULL;

    if (!filesystem)
        return;
    if (filesystem->open(&probe->guest, volume, &note, &err) < 0) {
        menu_problem(&probe->choice.menu, "%s", err.text);
        replace_string(&volume->refusal, xstrdup(err.text));
    } else if (note) {
        menu_problem(&probe->choice.menu, "%s", note);
        problems_add(&probe->notes, "%s", note);
    }
}

int probe_run(struct probe *probe, const struct probe_request *request, struct error *err)
{
    struct guest *guest = &probe->guest;
    struct choose_request wanted = {request->family, request->arch, request->well_known,
                                    request->select};

    guest->budget = SOURCE_BUDGET;
    for (unsigned i = 0; i < guest->disk_count; i++)
        disk_scan(&probe->disks[i], i, guest, &probe->choice.menu.problems);
    add_selected_volume(probe, &request->select);
    layers_find(guest, &probe->choice.menu.problems);
    for (size_t i = 0; i < guest->volume_count; i++)
        open_volume(probe, i);
    if (request->look.wanted)
        return 0;
    if (request->tree.wanted)
        return tree_look(guest, &request->tree, &probe->choice.menu.problems, &probe->tree, err);
    choose(guest, &wanted, &probe->choice);
    probe->cause = cause_of(guest, &request->select, &probe->choice, &probe->notes);
    return 0;
}

/* The entry whose files are copied; NULL: there is none. To identify a tree, only its kernel is. */
static const struct entry *entry_to_copy(struct probe *probe, const struct probe_request *request,
                                         struct entry *kernel_alone)
{
    const struct choice *choice = &probe->choice;

    if (!request->tree.wanted)
        return choice->found ? &choice->menu.entries[choice->boot] : NULL;
    if (!probe->tree.there)
        return NULL;
    if (!request->tree.identify)
        return &probe->tree.entry;
    *kernel_alone = (struct entry){.kernel = probe->tree.entry.kernel};
    return kernel_alone;
}

int probe_copy(struct probe *probe, const struct probe_request *request, struct report *report,
               struct error *err)
{
    struct entry kernel_alone;
    const struct entry *entry = entry_to_copy(probe, request, &kernel_alone);
    int disks[GUEST_DISKS_MAX];
    const struct copy_place place = {.guest = &probe->guest,
                                     .disks = disks,
                                     .kernel = probe->outputs[0],
                                     .ramdisk = probe->outputs[1],
                                     .report = report};

    if (!request->copy.wanted || !entry)
        return 0;
    for (unsigned i = 0; i < probe->guest.disk_count; i++)
        disks[i] = probe->disks[i].fd;
    return copy_entry(&place, &request->copy, entry, &probe->copied, err);
}

void probe_free(struct probe *probe)
{
    for (size_t i = 0; i < probe->guest.volume_count; i++)
        volume_free(&probe->guest.volumes[i]);
    for (unsigned i = 0; i < probe->guest.disk_count; i++)
        disk_free(&probe->disks[i]);
    choice_free(&probe->choice);
    tree_found_free(&probe->tree);
    problems_free(&probe->notes);
    replace_string(&probe->cause, NULL);
}
