/* GRUB 2's `test` and `[`.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_TEST_H
#define FSPROBE_CONFIG_GRUB2_TEST_H

#include "fsprobe/config/grub2/run.h"

grub2_command grub2_cmd_test;

#endif
