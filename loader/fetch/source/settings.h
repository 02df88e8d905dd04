/* What whoever asks for a repository says of how it may be reached: for every kind of source.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_SOURCE_SETTINGS_H
#define LOADER_FETCH_SOURCE_SETTINGS_H

#include <stdbool.h>

/* What the administrator allows of where a repository sends us: the setting allow-redirects-to. */
enum reach_allowed {
    REACH_ALLOW_PUBLIC,
    REACH_ALLOW_PRIVATE, /* private addresses, from wherever */
    REACH_ALLOW_ANY,     /* all addresses and ports */
};

/* Strings belong to the caller. */
struct source_settings {
    const char *repository;                  /* its URL */
    const char *proxy;                       /* URL or HOST:PORT; NULL: none */
    const char *cacert;                      /* PEM text of further certificates; or NULL */
    const char *agent;                       /* as who requests say to come */
    unsigned connect_timeout, stall_timeout; /* seconds */
    unsigned total_timeout;                  /* seconds, for all that is asked of the repository */
    bool allow_downgrade;                    /* a redirect may leave https for http */
    enum reach_allowed redirects;            /* and may go there */
};

#endif
