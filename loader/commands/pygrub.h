/* What the program is without a VM's record: pygrub's place (pygrub.c), domUloader's
 * (domuloader.c), xenpvnetboot's (xenpvnetboot.c).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_PYGRUB_H
#define LOADER_COMMANDS_PYGRUB_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* The end of a boot without a record: gives the files of OUTPUTS their names where they have none,
 * and the toolstack the answer, as sxp where SETTINGS do not say. 0; or -1 with ERR, and OUTPUTS go
 * away as ever. */
int dropin_deliver(const struct settings *settings, struct outputs *outputs, const char *args,
                   struct error *err) must_check;

#endif
