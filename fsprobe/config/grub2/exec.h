/* Executes the tree of a GRUB 2 script.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_EXEC_H
#define FSPROBE_CONFIG_GRUB2_EXEC_H

#include "fsprobe/config/grub2/run.h"

/* Executes a list of statements; returns the status of the last. */
int grub2_execute(struct grub2 *g, const struct grub2_node *list);
/* Executes the body of an entry, ARGS being $1, $2, …. */
void grub2_execute_body(struct grub2 *g, const struct grub2_node *body, char **args, size_t count);
/* Parses and executes BYTES; NAME is for messages. */
int grub2_execute_text(struct grub2 *g, const char *name, const char *bytes, size_t length);
/* Runs one command that is expanded already, as `time` and the table do. */
int grub2_call(struct grub2 *g, const struct grub2_call *call);

#endif
