/* One run of fsprobe, between the request and the answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_PROBE_H
#define FSPROBE_PROBE_H

#include "fsprobe/choose.h"
#include "fsprobe/disk/disk.h"
#include "fsprobe/request.h"
#include "fsprobe/tree.h"

struct probe {
    struct disk disks[GUEST_DISKS_MAX];
    struct guest guest;
    struct choice choice;  /* where no tree was asked for: else its problems only */
    struct problems notes; /* of the problems, those that stop nobody */
    char *cause;           /* why nothing boots; or NULL. Owned. */
    struct tree_found tree;
    int outputs[2]; /* the kernel's and the ramdisk's, where they are copied; not owned */
    struct copied copied;
};

/* Takes the descriptors FIRST_FD and following as the disks of REQUEST, and those behind them as
 * its outputs where it wants a copy; before confinement. 0, or -1 with ERR. PROBE must be zeroed;
 * the caller frees it in both cases. */
int probe_prepare(struct probe *probe, const struct probe_request *request, int first_fd,
                  struct error *err) must_check;
/* Reads the disks and chooses; whatever is wrong with them is a problem, not an error. An
 * installation tree that was asked for and is not there is one: 0, or -1 with ERR. */
int probe_run(struct probe *probe, const struct probe_request *request,
              struct error *err) must_check;
/* Copies the files of the chosen entry, or of the tree, when REQUEST wants it and there are any. 0;
 * or -1 with ERR, and PROBE->copied.failed says of which file. REPORT is told of the progress. */
int probe_copy(struct probe *probe, const struct probe_request *request, struct report *report,
               struct error *err) must_check;
void probe_free(struct probe *probe);

#endif
