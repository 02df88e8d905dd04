/* The commands that load what is booted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_LOAD_H
#define FSPROBE_CONFIG_GRUB2_LOAD_H

#include "fsprobe/config/grub2/run.h"

grub2_command grub2_cmd_linux;
grub2_command grub2_cmd_initrd;
grub2_command grub2_cmd_multiboot;
grub2_command grub2_cmd_module;
grub2_command grub2_cmd_other_loader; /* chainloader and others that boot no Linux */

#endif
