/* The limits of one run, for people. See limits.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/limits.h"

#include <string.h>

/* Seconds. */
#define HELPER_GRACE 10

int helper_seconds(const struct settings *settings)
{
    return (int)settings->fetch_timeout + HELPER_GRACE;
}

int fetch_limit_hint(const struct settings *settings, const struct fetch_limits *limits,
                     const char *kind, struct error *err)
{
    enum limit_reason reason =
        strcmp(kind, "kernel") == 0 ? limits->kernel_reason : limits->ramdisk_reason;

    if (reason == LIMIT_ROOM)
        return error_hint(err,
                          "that is all the room that there is in the output directory beside "
                          "output-reserve (in %s): make room there",
                          settings->config);
    if (reason == LIMIT_CEILING)
        return error_hint(err,
                          "no VM's limit goes above the host's ceiling: raise it with "
                          "%s-max-size-ceiling in %s",
                          kind, settings->config);
    if (limits->vm)
        return error_hint(err,
                          "raise it with `eliloader vm set %s platform:pv-%s-max-size=BYTES` for "
                          "this VM, or with %s-max-size in %s for all",
                          limits->vm, kind, kind, settings->config);
    return error_hint(err, "raise it with --%s-max-size=SIZE", kind);
}
