/* Which places make one menu of Boot Loader Specification entries, and by which rules: an ESP and
 * the XBOOTLDR partition of its disk do, any other volume by itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_BLS_PLACES_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_BLS_PLACES_H

#include "fsprobe/config/systemd_boot/bls.h"

/* Volumes that are looked at, in their order. Not owned. */
struct bls_volumes {
    const size_t *list;
    size_t count;
};

/* The places of the menu that VOLUME, one of VOLUMES, is the last volume of: how many, into PLACES.
 * 0: it belongs to the menu of a later volume. */
size_t bls_places_find(const struct guest *guest, const struct bls_volumes *volumes, size_t volume,
                       struct bls_place places[2]);
/* Whether systemd-boot reads that menu, as far as can be seen: then nothing in it is expanded. */
bool bls_places_are_systemd_boots(struct guest *guest, const struct bls_place *places,
                                  size_t count);
/* Whether systemd-boot was installed on one of PLACES. */
bool bls_places_have_systemd_boot(struct guest *guest, const struct bls_place *places,
                                  size_t count);
/* Whether GRUB has a configuration on an ESP of the disk of VOLUME, and systemd-boot is not there:
 * what entries mean is then for that configuration to say. */
bool bls_places_are_grubs(struct guest *guest, const struct bls_volumes *volumes, size_t volume);
/* The entry that a GRUB without configuration starts from PLACES (openSUSE's grub2-bls keeps it in
 * the grubenv beside it); its timeout goes into MENU. NULL: none is named. The caller frees. */
char *bls_places_default(struct guest *guest, const struct bls_place *places, size_t count,
                         struct menu *menu) must_check;

#endif
