/* What the installer's kernel is told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_ARGUMENTS_H
#define DISTROS_ARGUMENTS_H

#include <stdbool.h>

#include "distros/distros.h"

/* What the arguments are made of. Strings belong to the caller. */
struct install_arguments {
    const struct distro *distro;
    const char *repository;               /* "http://…", or "cdrom" */
    const char *tree_name, *tree_version; /* of `struct tree`; NULL: the tree is silent */
    bool vnc;
    const char *vnc_password; /* or NULL */
    const char *extra;        /* install-args, or NULL */
    const char *layout;       /* the source of that which has the kernel; NULL: not known yet */
};
/* The kernel's arguments, words joined by one space; may be "". The caller frees. NULL
 * with ERR set when one of the values cannot be a word of a command line. */
char *distro_arguments(const struct install_arguments *arguments, struct error *err) must_check;

#endif
