/* GRUB's environment block as a volume has it, for entries whose variables it sets.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUBENV_FILE_H
#define FSPROBE_CONFIG_GRUBENV_FILE_H

#include "fsprobe/fs/guest.h"

#define GRUBENV_VARIABLES_MAX 64
#define GRUBENV_FILE_MAX      (64 * 1024) /* a block is 1024 bytes; some tools write more */

struct grubenv;

/* The first grubenv among GRUB's directories of VOLUME. One that is missing or is none gives
 * an environment without variables. The caller frees with grubenv_free(). */
struct grubenv *grubenv_load(struct guest *guest, size_t volume) must_check;
void grubenv_free(struct grubenv *environment);
/* The value of a variable, or NULL. For bls_read(): CONTEXT is the struct grubenv. */
const char *grubenv_variable(void *context, const char *name);

#endif
