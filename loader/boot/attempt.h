/* One way to boot an installed guest, tried: files that are not the toolstack's yet.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_ATTEMPT_H
#define LOADER_BOOT_ATTEMPT_H

#include <stdbool.h>

#include "common/error.h"
#include "loader/boot/context.h"
#include "loader/boot/plan.h"
#include "loader/helpers/fsprobe.h"
#include "loader/output/outputs.h"

struct attempt {
    struct outputs outputs;
    char *args;       /* the guest's whole command line; NULL: it failed */
    struct error why; /* it failed */
    bool blank;       /* nothing is on any of the disks, as far as was looked */
};
#define ATTEMPT_INIT                         \
    (struct attempt)                         \
    {                                        \
        OUTPUTS_INIT, NULL, {0, NULL}, false \
    }
void attempt_free(struct attempt *attempt);
#define auto_attempt __attribute__((cleanup(attempt_free)))

/* Both try, in the place of what ATTEMPT held. 0, also when it failed, which ATTEMPT's `why` says;
 * or -1 with ERR where nothing else may be tried after that: stopped by a signal, no room for
 * files, or a kernel that the guest cannot start with. PROBED is filled as native_boot() says;
 * NO_COPY: the entry is only chosen. */
int attempt_pygrub(const struct boot_context *boot, const struct handoff *handoff,
                   struct attempt *attempt, struct error *err) must_check;
int attempt_native(const struct boot_context *boot, const struct boot_plan *plan, bool no_copy,
                   struct probed *probed, struct attempt *attempt, struct error *err) must_check;

/* Whether both boot the same kernel and ramdisk, byte for byte; false when one failed. */
bool attempt_same(const struct attempt *a, const struct attempt *b) must_check;

#endif
