/* GRUB's environment block, by itself and as a volume has it.
 *
 * The format, as GRUB's manual and grub-editenv have it: a first line that names it, then
 * NAME=VALUE lines in which a backslash stands before a backslash and before a newline that
 * belongs to the value, then '#' up to the end (1024 bytes, but other sizes are read as well).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUBENV_H
#define FSPROBE_CONFIG_GRUBENV_H

#include "common/memory.h"
#include "fsprobe/fs/guest.h"

#define GRUBENV_VARIABLES_MAX 64
#define GRUBENV_FILE_MAX      (64 * 1024) /* a block is 1024 bytes; some tools write more */

/* Calls EACH for every variable of the block (LENGTH bytes, any bytes), in their order. 0, or -1
 * when it is no such block. */
int grubenv_parse(const char *bytes, size_t length,
                  void (*each)(void *context, const char *name, const char *value),
                  void *context) must_check;

/* The variables of one block; of more than GRUBENV_VARIABLES_MAX, the first ones. */
struct grubenv;

/* The first grubenv among GRUB's directories of VOLUME. One that is missing or is none gives
 * an environment without variables. The caller frees with grubenv_free(). */
struct grubenv *grubenv_load(struct guest *guest, size_t volume) must_check;
/* The same of the file at PATH. */
struct grubenv *grubenv_load_file(struct guest *guest, size_t volume, const char *path) must_check;
/* NULL is allowed. */
void grubenv_free(struct grubenv *environment);
/* The value of a variable, which belongs to the environment; or NULL. For bls_read(): CONTEXT is
 * the struct grubenv. */
const char *grubenv_variable(void *context, const char *name);

#endif
