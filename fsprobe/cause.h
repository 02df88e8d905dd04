/* Why nothing boots, in one text: what toolstacks and people see first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CAUSE_H
#define FSPROBE_CAUSE_H

#include "common/memory.h"
#include "fsprobe/choose.h"

#define CAUSE_MAX 4096 /* bytes */

/* The problem of CHOICE that matters most, and behind it what may be its reason: volumes that
 * cannot be read, unless they have nothing to do with it, and the first of NOTES (sentences that
 * are problems, too, and stop nobody). NULL where something boots, or nothing is known. The caller
 * frees. */
char *cause_of(const struct guest *guest, const struct selection *select,
               const struct choice *choice, const struct problems *notes) must_check;

#endif
