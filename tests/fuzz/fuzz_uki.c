/* Fuzz target: unified kernel images.
 *
 * The input is a file that an ESP has as an image, as an addon for all images, and as what an
 * entry's "uki" names. Whatever it is, bls_read() ends soon with a menu of which menu_check()
 * holds, and each section that is booted is inside the file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "fsprobe/config/systemd_boot/bls.h"
#include "tests/fuzz/menu_check.h"
#include "tests/unit/guest_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const struct boot_file *file, size_t size)
{
    must(!file->section ||
         (file->length > 0 && file->begin <= size && file->length <= size - file->begin));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bls_place place = {0, "/loader/entries", "", "/EFI/Linux"};
    const struct bls_rules rules = {.variable = NULL};
    auto_error struct error err = ERROR_INIT;
    auto_menu struct menu menu = MENU_INIT;
    struct guest guest;

    memory_guest(&guest);
    memory_volume_add(&guest, "1", "esp");
    memory_file_bytes(&guest, 0, "/EFI/Linux/x+1.efi", data, size);
    memory_file_bytes(&guest, 0, "/loader/addons/a.addon.efi", data, size);
    memory_file(&guest, 0, "/loader/entries/a.conf", "uki /EFI/Linux/x+1.efi\nprofile 1\n");
    must(bls_read(&guest, &place, 1, &rules, &menu, &err) >= 0);
    menu_check(&guest, &menu);
    for (size_t i = 0; i < menu.count; i++) {
        check_part(&menu.entries[i].kernel, size);
        for (size_t k = 0; k < menu.entries[i].ramdisk_count; k++)
            check_part(&menu.entries[i].ramdisks[k], size);
    }
    memory_guest_free(&guest);
    return 0;
}
