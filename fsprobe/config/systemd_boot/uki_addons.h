/* Addons of unified kernel images: small EFI programs that stand beside one, or in /loader/addons
 * for all of them, and add arguments, ramdisks and microcode (systemd-stub(7)).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_SYSTEMD_BOOT_UKI_ADDONS_H
#define FSPROBE_CONFIG_SYSTEMD_BOOT_UKI_ADDONS_H

#include "common/text.h"
#include "fsprobe/config/boot_file.h"
#include "fsprobe/config/menu.h"

#define UKI_ADDONS_MAX 32 /* of one image: more are refused */

struct uki_addons {
    struct buffer args; /* of all, joined */
    struct boot_file ramdisks[UKI_ADDONS_MAX], microcode[UKI_ADDONS_MAX];
    size_t ramdisk_count, microcode_count; /* in the order of their names */
};

/* The addons for the image at PATH, whose kernel calls itself UNAME ("": nothing is known). One
 * that cannot be used is left out, as systemd-stub does, with a problem in MENU. 0; or -1 with ERR,
 * where there are too many. */
int uki_addons_read(struct guest *guest, size_t volume, const char *path, const char *uname,
                    struct uki_addons *addons, struct menu *menu, struct error *err) must_check;
void uki_addons_free(struct uki_addons *addons);
#define auto_uki_addons __attribute__((cleanup(uki_addons_free)))

#endif
