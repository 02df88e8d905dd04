/* The commands that read further files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_FILES_H
#define FSPROBE_CONFIG_GRUB2_FILES_H

#include "fsprobe/config/grub2/run.h"

/* Executes BYTES, the text of the file that GRUB knows as SPEC and messages as NAME, with
 * $config_file and $config_directory set meanwhile. */
int grub2_run_config(struct grub2 *g, const char *spec, const char *name, const char *bytes,
                     size_t length);

grub2_command grub2_cmd_source; /* source . configfile normal */
grub2_command grub2_cmd_load_env;
grub2_command grub2_cmd_save_env;
grub2_command grub2_cmd_cmp;
grub2_command grub2_cmd_loopback;

#endif
