/* GRUB 2's `regexp`.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_REGEXP_H
#define FSPROBE_CONFIG_GRUB2_REGEXP_H

#include "fsprobe/config/grub2/run.h"

grub2_command grub2_cmd_regexp;

#endif
