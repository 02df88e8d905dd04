/* GRUB's `blscfg`: entries of the Boot Loader Specification as lines of the menu. Red Hat's
 * command, which GRUB has with options from 2.14 on.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_BLSCFG_H
#define FSPROBE_CONFIG_GRUB2_BLSCFG_H

#include "fsprobe/config/grub2/run.h"

grub2_command grub2_cmd_blscfg;

#endif
