/* What the program is without a VM's record: pygrub's place (dropin.c), domUloader's
 * (domuloader.c), xenpvnetboot's (pvnetboot.c).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_DROPIN_H
#define LOADER_DROPIN_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/settings/options.h"
#include "loader/output/outputs.h"

/* The end of a boot without a record: gives the files of OUTPUTS their names where they have none,
 * and the toolstack the answer, as sxp where SETTINGS do not say. 0; or -1 with ERR, and OUTPUTS go
 * away as ever. */
int dropin_deliver(const struct settings *settings, struct outputs *outputs, const char *args,
                   struct error *err) must_check;

#endif
