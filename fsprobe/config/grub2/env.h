/* Variables of GRUB 2 scripts, and the environments that they live in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_ENV_H
#define FSPROBE_CONFIG_GRUB2_ENV_H

#include "fsprobe/config/grub2/run.h"

/* Opens an environment inside the current one; with EXPORTED_ONLY as a submenu sees it, else
 * a full copy; its menu is empty. */
void grub2_env_open(struct grub2 *g, bool exported_only);
/* Back to the environment TO, which is the current one or above it. */
void grub2_env_close(struct grub2 *g, struct grub2_env *to);
/* The value of a variable, or NULL. It holds until the next change. */
const char *grub2_get(const struct grub2 *g, const char *name);
/* Sets a variable; false, with a problem, when a bound is reached. */
bool grub2_set(struct grub2 *g, const char *name, const char *value);
void grub2_unset(struct grub2 *g, const char *name);
/* Marks a variable as seen by submenus; one that is not there is empty then. */
void grub2_export(struct grub2 *g, const char *name);

#endif
