/* From the bottom up. See layers.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/disk/layers.h"

#include "fsprobe/disk/inside.h"
#include "fsprobe/disk/lvm.h"
#include "fsprobe/disk/md.h"
#include "fsprobe/disk/signature.h"

/* What the volumes from FIRST on hold: a filesystem, something to be a member of, or a table. */
static void look_into(struct guest *guest, size_t first, struct problems *problems)
{
    size_t count = guest->volume_count;

    for (size_t i = first; i < count; i++) {
        struct volume *volume = &guest->volumes[i];
        auto_error struct error ignored = ERROR_INIT;
        if (volume->source && !volume->type && volume->kind != VOLUME_PLACE)
            /* What cannot be read is not known; opening it will say so again. */
            (void)!signature_identify(volume, &ignored);
        inside_scan(guest, i, problems);
    }
}

void layers_find(struct guest *guest, struct problems *problems)
{
    look_into(guest, 0, problems);
    for (unsigned layer = 0; layer < LAYERS_MAX; layer++) {
        size_t first = guest->volume_count;
        md_assemble(guest, problems);
        look_into(guest, first, problems);
        /* A group may stand on arrays and on partitions; arrays on logical volumes are rare. */
        size_t arrays = guest->volume_count;
        lvm_assemble(guest, problems);
        look_into(guest, arrays, problems);
        if (guest->volume_count == first)
            return;
    }
}
