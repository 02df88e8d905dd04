/* The journal (jbd2) of a filesystem that was not unmounted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_EXT_EXT_JOURNAL_H
#define FSPROBE_FS_EXT_EXT_JOURNAL_H

#include "fsprobe/fs/ext/ext_private.h"

/* Reads the journal of EXT and lays what it would replay over EXT->source; the caller opens
 * the filesystem anew. 0; or -1 with ERR when that cannot be done: nothing is changed then. */
int ext_journal_load(struct ext *ext, struct error *err) must_check;

#endif
