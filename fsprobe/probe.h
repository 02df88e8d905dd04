/* One run of fsprobe, between the request and the answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_PROBE_H
#define FSPROBE_PROBE_H

#include "fsprobe/choose.h"
#include "fsprobe/disk.h"
#include "fsprobe/request.h"

struct probe {
    struct disk disks[GUEST_DISKS_MAX];
    struct guest guest;
    char *where[GUEST_VOLUMES_MAX]; /* what messages call each volume; owned */
    uint64_t budget;                /* see EXT_BUDGET */
    struct choice choice;
};

/* Takes the descriptors FIRST_FD and following as the disks of REQUEST; before confinement.
 * 0, or -1 with ERR. PROBE must be zeroed; the caller frees it in both cases. */
int probe_prepare(struct probe *probe, const struct probe_request *request, int first_fd,
                  struct error *err) must_check;
/* Reads the disks and chooses; whatever is wrong with them is a problem, not an error. */
void probe_run(struct probe *probe, const struct probe_request *request);
void probe_free(struct probe *probe);

#endif
