/* What boot programs and firmware call the kind of machine that this program was built for, whose
 * guests are of the same kind.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_MACHINE_H
#define FSPROBE_CONFIG_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* GRUB's $grub_cpu there: "x86_64". Static. */
const char *machine_grub_cpu(void);
/* Whether entries of the Boot Loader Specification for NAME ("x64", any case; or the kernel's name)
 * are for this machine. */
bool machine_is_own(const char *name);
/* The same for the number that an EFI program has in its head. */
bool machine_is_own_number(uint16_t number);

#endif
