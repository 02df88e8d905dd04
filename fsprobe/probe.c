/* Disks to volumes to filesystems to the choice.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/probe.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/ext.h"

int probe_prepare(struct probe *probe, const struct probe_request *request, int first_fd,
                  struct error *err)
{
    for (unsigned i = 0; i < request->disk_count; i++) {
        if (disk_prepare(&probe->disks[i], first_fd + (int)i, request->disks[i], err) < 0)
            return -1;
        probe->guest.disk_count++;
    }
    return 0;
}

static void open_volume(struct probe *probe, size_t index)
{
    struct volume *volume = &probe->guest.volumes[index];
    autoerror struct error err = ERROR_INIT;
    autofree char *note = NULL;

    if (!volume->type || (strcmp(volume->type, "ext2") != 0 && strcmp(volume->type, "ext3") != 0 &&
                          strcmp(volume->type, "ext4") != 0))
        return;
    if (ext_open(volume, probe->disks[volume->disk].fd, probe->where[index], &probe->budget, &note,
                 &err) < 0)
        menu_problem(&probe->choice.menu, "%s", err.text);
    else if (note)
        menu_problem(&probe->choice.menu, "%s", note);
}

void probe_run(struct probe *probe, const struct probe_request *request)
{
    struct guest *guest = &probe->guest;
    struct choose_request wanted = {(const char *const *)probe->where, request->family,
                                    request->arch};

    probe->budget = EXT_BUDGET;
    for (unsigned i = 0; i < guest->disk_count; i++)
        disk_scan(&probe->disks[i], i, guest, &probe->choice.menu);
    for (size_t i = 0; i < guest->volume_count; i++) {
        probe->where[i] = disk_where(&probe->disks[guest->volumes[i].disk], &guest->volumes[i]);
        open_volume(probe, i);
    }
    choose(guest, &wanted, &probe->choice);
}

void probe_free(struct probe *probe)
{
    for (size_t i = 0; i < probe->guest.volume_count; i++) {
        volume_free(&probe->guest.volumes[i]);
        free(probe->where[i]);
    }
    for (unsigned i = 0; i < probe->guest.disk_count; i++)
        disk_free(&probe->disks[i]);
    choice_free(&probe->choice);
}
