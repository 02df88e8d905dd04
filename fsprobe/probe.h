/* One run of fsprobe, between the request and the answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_PROBE_H
#define FSPROBE_PROBE_H

#include "fsprobe/choose.h"
#include "fsprobe/disk/disk.h"
#include "fsprobe/request.h"

struct probe {
    struct disk disks[GUEST_DISKS_MAX];
    struct guest guest;
    struct choice choice;
    int outputs[2]; /* the kernel's and the ramdisk's, where they are copied; not owned */
    struct copied copied;
};

/* Takes the descriptors FIRST_FD and following as the disks of REQUEST, and those behind them as
 * its outputs where it wants a copy; before confinement. 0, or -1 with ERR. PROBE must be zeroed;
 * the caller frees it in both cases. */
int probe_prepare(struct probe *probe, const struct probe_request *request, int first_fd,
                  struct error *err) must_check;
/* Reads the disks and chooses; whatever is wrong with them is a problem, not an error. */
void probe_run(struct probe *probe, const struct probe_request *request);
/* Copies the chosen entry's files, when one was chosen and REQUEST wants it. 0; or -1 with ERR, and
 * PROBE->copied.failed says of which file. */
int probe_copy(struct probe *probe, const struct probe_request *request,
               struct error *err) must_check;
void probe_free(struct probe *probe);

#endif
