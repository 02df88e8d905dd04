/* Round one: what a VM's record asks for, fetched, with the installer's arguments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_INSTALL_H
#define LOADER_BOOT_INSTALL_H

#include <stdbool.h>

#include "common/error.h"
#include "distros/distros.h"
#include "loader/helpers/fetch.h"
#include "loader/output/outputs.h"
#include "loader/record/record.h"
#include "loader/settings/options.h"

/* The values of a record's install-* keys, and what holds where they are missing. Strings
 * belong to the record or to the settings. */
struct install {
    const struct distro *distro;
    bool distro_assumed; /* install-distro is not there: rhlike */
    bool automatic;      /* install-distro is "auto": DISTRO stands until install_run() knows */
    struct tree_request tree;
    bool vnc;
    const char *vnc_password, *extra, *proxy;
    struct fetch_limits limits;
    bool needs_native; /* pygrub cannot boot what the tree installs; known after install_run() */
};

/* Reads RECORD's install-* keys; LIMITS are the run's (limits_read()). 0; or -1 with ERR naming the
 * key that is missing or wrong. */
int install_read(const struct settings *settings, const struct record *record,
                 const struct fetch_limits *limits, struct install *install,
                 struct error *err) must_check;

/* Gets both files into OUTPUTS (and INSTALL's distro, when it is automatic) and says what the
 * installer's kernel is told in *ARGS, which the caller frees: the family's own arguments,
 * install-args, the record's PV_args where the toolstack does not add them, and what came on the
 * command line. 0, or -1 with ERR. */
int install_run(const struct settings *settings, const struct record *record,
                struct install *install, struct outputs *outputs, char **args,
                struct error *err) must_check;

/* FIRST and SECOND joined by one space, where both are there. The caller frees; never NULL. */
char *install_join(const char *first, const char *second) must_check;

#endif
