/* Which Xen this host runs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HOST_XEN_VERSION_H
#define LOADER_HOST_XEN_VERSION_H

#include <stdbool.h>

#include "common/memory.h"

struct xen_version {
    unsigned major, minor;
};

/* What the hypervisor says of itself (/sys/hypervisor/version), or, where dom0's kernel does not
 * pass that on, the lowest of the domain builders that are installed (libxenguest.so.4.17): a file
 * or two are read, and no program runs. False: neither says it. */
bool xen_version_read(struct xen_version *version) must_check;

/* The same with HYPERVISOR in the place of /sys/hypervisor, and with libraries in LIBRARIES, which
 * ends at NULL. */
bool xen_version_in(const char *hypervisor, const char *const *libraries,
                    struct xen_version *version) must_check;

/* Whether VERSION is before MAJOR.MINOR. */
bool xen_version_before(const struct xen_version *version, unsigned major, unsigned minor);

#endif
