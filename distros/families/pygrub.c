/* The family "pygrub": a tree of which nothing is known but the paths that the VM record
 * names (install-kernel, install-ramdisk). The name is historical: from a CD, pygrub itself
 * finds them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/family.h"

static int pygrub_plan(struct tree_plan *plan, struct error *err)
{
    if (plan->decided)
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE,
                     "install-kernel is not set, and without it nobody knows which kernel of the "
                     "repository to take; set it to the kernel's path in the repository (eliloader "
                     "vm set ID install-kernel=PATH, or --kernel=PATH)");
}

const struct family pygrub_family = {
    .distro = {.name = "pygrub", .last_round = 1, .kernel_required = true},
    .plan = pygrub_plan,
};
