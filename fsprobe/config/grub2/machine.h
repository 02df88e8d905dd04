/* What every part of the machine may do: take steps, and report what is wrong.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_MACHINE_H
#define FSPROBE_CONFIG_GRUB2_MACHINE_H

#include "fsprobe/config/grub2/run.h"

/* Takes COUNT steps; false when none are left, which also ends everything. */
bool grub2_steps(struct grub2 *g, size_t count);
/* "FILE line N: SENTENCE" to the menu's problems; the line is that of the statement at work. */
void grub2_problem(struct grub2 *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As grub2_problem(), for what cannot be known before the guest runs, and decides what it boots:
 * what follows is not booted. */
void grub2_unknown(struct grub2 *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
void grub2_scope_free(struct grub2_scope *scope);
/* Forgets what commands made beyond these counts: devices, mounts, what was found. */
void grub2_forget(struct grub2 *g, size_t loopbacks, size_t mounts, size_t searches);

#endif
