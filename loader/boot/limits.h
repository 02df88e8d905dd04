/* How large a kernel and a ramdisk may be, for one run: whoever says so first, as far as they may,
 * and as far as there is room.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_LIMITS_H
#define LOADER_BOOT_LIMITS_H

#include "common/error.h"
#include "loader/boot/xenstore.h"
#include "loader/helpers/fetch.h"
#include "loader/record/record.h"
#include "loader/settings/options.h"

/* Each of the two is, the first that is there: root's on the command line (SETTINGS), that of a
 * record's own words (WORDS; may be NULL), of RECORD's platform (RECORD may be NULL), of the
 * guest's platform in xenstore (STORE), of the environment or the configuration, of the host in
 * xenstore, and the default. What others than root may have written in the record raises it to the
 * host's ceiling and no further; and the words of a VM's editor lower it, and never raise it. In
 * bytes; LIMITS' vm is RECORD's. 0; or -1 with ERR: what the record says is no size, or an editor's
 * word is above the limit. */
int limits_read(const struct settings *settings, const struct settings *words,
                const struct record *record, const struct xenstore_found *store,
                struct fetch_limits *limits, struct error *err) must_check;

/* Lowers LIMITS to the room that DIRECTORY (where the files will be; it need not be there yet) has
 * beside SETTINGS' reserve: kernel and ramdisk together never fill it. 0; or -1 with ERROR_LIMITS
 * when there is none, after what earlier runs left there was swept. */
int limits_fit(const struct settings *settings, const char *directory, struct fetch_limits *limits,
               struct error *err) must_check;

/* The same for two files of a program that holds both to the larger of the two limits (pygrub):
 * where two of that size leave no reserve, each gets half of what there is. Files of this run that
 * are there already count. 0; or -1 with ERROR_LIMITS as above. */
int limits_fit_alike(const struct settings *settings, const char *directory, uint64_t *kernel_max,
                     uint64_t *ramdisk_max, struct error *err) must_check;

/* Bytes that DIRECTORY, which is there, has beside SETTINGS' reserve; UINT64_MAX: nobody can
 * tell. */
uint64_t limits_room(const struct settings *settings, const char *directory) must_check;

#endif
