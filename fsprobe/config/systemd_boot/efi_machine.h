/* What firmware calls the kind of machine that this program was built for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_EFI_MACHINE_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_EFI_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether programs for NAME ("x64", any case; or the kernel's name) are for this machine. */
bool efi_machine_is_own(const char *name);
/* The same for the number that an EFI program has in its head. */
bool efi_machine_is_own_number(uint16_t machine);

#endif
