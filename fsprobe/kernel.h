/* Whether a file on a guest's disk is a kernel.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_KERNEL_H
#define FSPROBE_KERNEL_H

#include "common/error.h"
#include "fsprobe/config/menu.h"

/* 0 when FILE is there, is a regular file and starts like a kernel. Else -1, and ERR says
 * which of these it is not: "/vmlinuz is not there". */
int kernel_check(struct guest *guest, const struct boot_file *file, struct error *err) must_check;

#endif
