/* Which pygrub this host has, as whom it may read a guest's disk, and what bounds it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_PYGRUB_PROGRAM_H
#define LOADER_HELPERS_PYGRUB_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/child_cage.h"
#include "common/error.h"
#include "loader/settings/options.h"

/* Bytes of address space. Python and libfsimage take 60 MiB for a kernel and a ramdisk of any
 * size, which they copy by the MiB. */
#define PYGRUB_MEMORY (UINT64_C(512) * 1024 * 1024)
/* What pygrub itself, with --runas, limits files to (LIMIT_FSIZE). Bytes. */
#define PYGRUB_RUNAS_FILE_MAX (UINT64_C(128) * 1024 * 1024)

struct pygrub_program {
    const char *path; /* belongs to the settings, or to nobody */
    bool runas;       /* it is started by root, and to be told to become settings->runas */
};

/* Finds it. As root, one that does not know --runas (which its usage names) is none, unless
 * settings->pygrub_as_root. 0; or -1 with ERR: ERROR_HANDOFF, with what to do about it;
 * ERROR_INTERRUPTED. */
int pygrub_find(const struct settings *settings, struct pygrub_program *program,
                struct error *err) must_check;

/* What pygrub is held to when no file of its may be larger than FILE_MAX bytes: that and one byte
 * more, which tells the caller that it wanted to. A pygrub that becomes another user sets a limit
 * of its own in the place of that. */
struct child_cage pygrub_cage(const struct settings *settings, uint64_t file_max);

/* Its whole environment, NULL-terminated; TERM is "TERM=…". */
#define PYGRUB_ENVIRONMENT(term)                                                           \
    {                                                                                      \
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", (term), (const char *)NULL \
    }

#endif
