/* The formats of boot configuration files that are known, and where on a volume they are looked
 * for: at their paths, and on a Btrfs at these in the subvolumes that boot programs see as their
 * root.
 *
 * SUSE's GRUB, and Red Hat's, look at the default subvolume where their configuration tells them
 * to, which their installers do; all others look at the top. Debian, Ubuntu and Fedora leave the
 * top the default and install into the subvolumes "@" and "root".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FORMATS_H
#define FSPROBE_FORMATS_H

#include "common/text.h"
#include "fsprobe/config/boot_config.h"
#include "fsprobe/fs/guest.h"

/* In the order in which a volume is asked for them; NULL at the end. */
extern const struct boot_config *const boot_formats[];

/* Adds to OUT the paths where they are looked for, with ", " between. Nothing when there is no
 * room. */
void formats_add_paths(struct buffer *out);

/* The default subvolume, the top, and those with usual names. */
#define PLACES_ROOTS_MAX 5

/* What paths begin with, in order: "" (the top), "/@/.snapshots/1/snapshot". Owned. */
struct places {
    char *roots[PLACES_ROOTS_MAX];
    size_t count;
};

/* Those of VOLUME into PLACES. What cannot be read is told in PROBLEMS. */
void places_find(struct guest *guest, size_t volume, struct problems *problems,
                 struct places *places);
void places_free(struct places *places);
#define auto_places __attribute__((cleanup(places_free)))

/* The path of a name that stands where a configuration is looked for, though nothing can be read
 * there: a link that leads nowhere, or to another filesystem. NULL: none. The caller frees. */
char *places_dangling(struct guest *guest, size_t volume);

#endif
