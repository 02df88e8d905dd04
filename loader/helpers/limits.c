/* The limits of one run, for people. See limits.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/limits.h"

int fetch_limit_hint(const struct settings *settings, const struct fetch_limits *limits,
                     const char *kind, struct error *err)
{
    if (limits->vm)
        return error_hint(err,
                          "raise it with `eliloader vm set %s platform:pv-%s-max-size=BYTES` for "
                          "this VM, or with %s-max-size in %s for all",
                          limits->vm, kind, kind, settings->config);
    return error_hint(err, "raise it with --%s-max-size=SIZE", kind);
}
