/* The table of boot configuration formats. See formats.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/formats.h"

#include "fsprobe/config/extlinux.h"
#include "fsprobe/config/grub2/grub2.h"
#include "fsprobe/config/grub_legacy.h"

/* pygrub's order, so that both find the same boot where pygrub finds one. */
const struct boot_config *const boot_formats[] = {&grub2_config, &extlinux_config,
                                                  &grub_legacy_config, NULL};

void formats_add_paths(struct buffer *out)
{
    const char *between = "";

    for (const struct boot_config *const *format = boot_formats; *format; format++)
        for (const char *const *path = (*format)->paths; *path; path++) {
            (void)buffer_addf(out, "%s%s", between, *path);
            between = ", ";
        }
}
