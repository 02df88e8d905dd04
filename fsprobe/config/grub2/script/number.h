/* Numbers as GRUB reads them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_NUMBER_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* The number that TEXT begins with, as GRUB reads one: white space, a sign (WITH_SIGN),
 * hexadecimal after "0x", octal after "0" and one of 0 to 7. 0 when there is none, the largest
 * when it is too large. END (may be NULL) gets what follows it. */
int64_t grub2_number(const char *text, bool with_sign, const char **end);

#endif
