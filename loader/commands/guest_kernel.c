/* Copies a guest's kernel and looks into it. See guest_kernel.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/guest_kernel.h"

#include <fcntl.h>
#include <stdio.h>

/* A place for files that get no name, and that nobody else ever sees. */
static int open_place(struct outputs *outputs, struct error *err)
{
    outputs->directory = xstrdup(P_tmpdir);
    outputs->directory_fd = open(P_tmpdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (outputs->directory_fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot open the folder %s", P_tmpdir);
    return 0;
}

static int copy_and_look(const struct settings *settings, char *const *disks, size_t count,
                         const struct probed_entry *entry, struct kernel_support *support,
                         struct error *err)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_probed struct probed again = PROBED_INIT;
    /* Its kernel alone: a ramdisk is ten times as long, and not looked at. */
    const struct probe_want want = {.kernel = entry->kernel,
                                    .has_offset = !entry->volume,
                                    .offset = entry->offset,
                                    .volume = entry->volume,
                                    .outputs = &outputs,
                                    .kernel_max = settings->kernel_max,
                                    .ramdisk_max = settings->ramdisk_max};

    /* A volume that is made of others may be on all of the disks. */
    if (!entry->volume) {
        disks += entry->disk;
        count = 1;
    }
    if (open_place(&outputs, err) < 0 ||
        probe_disks(settings, disks, count, &want, &again, err) < 0)
        return -1;
    if (outputs.kernel.fd < 0)
        return error_set(err, ERROR_INTERNAL, "%s cannot be found on the disk", entry->kernel);
    return kernel_support_look(settings, outputs.kernel.fd, entry->kernel, support, err);
}

bool probed_kernel_look(const struct settings *settings, char *const *disks,
                        const struct probed *probed, struct kernel_support *support)
{
    struct probed_entry entry;
    auto_error struct error err = ERROR_INIT;

    *support = KERNEL_SUPPORT_INIT;
    if (!probed_boot(probed, &entry))
        return false;
    if (copy_and_look(settings, disks, probed->disk_count, &entry, support, &err) < 0)
        support->why = take_pointer(err.text);
    return true;
}
