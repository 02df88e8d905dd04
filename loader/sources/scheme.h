/* What somebody means by a location: a URL that is fetched, or a path in dom0. The schemes of URLs
 * are those of common/protocol/schemes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SOURCES_SCHEME_H
#define LOADER_SOURCES_SCHEME_H

#include "common/error.h"
#include "common/memory.h"

enum location_kind {
    LOCATION_NETWORK, /* a URL from which the helper `fetch` gets files */
    LOCATION_LOCAL,   /* a path in dom0 */
};

/* The kind of LOCATION, called OPTION ("--location") in messages. *PATH, which the caller frees, is
 * the path of one in dom0, a file: URL's decoded; else NULL. 0; or -1 with ERR: a kind that is not
 * known, or not yet, control characters, a file: URL of another host or with a wrong percent sign.
 * No user name or password of a URL is shown. */
int location_kind_of(const char *option, const char *location, enum location_kind *kind,
                     char **path, struct error *err) must_check;

#endif
