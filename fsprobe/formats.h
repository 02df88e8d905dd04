/* The formats of boot configuration files that are known.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FORMATS_H
#define FSPROBE_FORMATS_H

#include "common/text.h"
#include "fsprobe/config/boot_config.h"

/* In the order in which a volume is asked for them; NULL at the end. */
extern const struct boot_config *const boot_formats[];

/* Adds to OUT the paths where they are looked for, with ", " between. Nothing when there is no
 * room. */
void formats_add_paths(struct buffer *out);

#endif
