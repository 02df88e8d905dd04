/* Fuzz target: GRUB 2's grub.cfg.
 *
 * The input is the configuration, and also what the files that it can name hold. Whatever it
 * is, the interpreter ends soon with a menu of which menu_check() holds.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "fsprobe/config/grub2/grub2.h"
#include "tests/fuzz/menu_check.h"
#include "tests/unit/guest_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char path[] = "/boot/grub/grub.cfg";
    static const char block[] = "# GRUB Environment Block\n";
    auto_error struct error err = ERROR_INIT;
    auto_menu struct menu menu = MENU_INIT;
    auto_buffer struct buffer grubenv = BUFFER_INIT(sizeof block + size);
    struct guest guest;

    memory_guest(&guest);
    memory_volume_add(&guest, "1", "boot");
    memory_volume_add(&guest, "2", "root");
    memory_file_bytes(&guest, 1, path, data, size);
    memory_file_bytes(&guest, 0, "/k", data, size);
    memory_file_bytes(&guest, 1, "/c", data, size);
    memory_file_bytes(&guest, 1, "/loader/entries/a.conf", data, size);
    buffer_add_text(&grubenv, block);
    buffer_add(&grubenv, data, size);
    memory_file_bytes(&guest, 1, "/boot/grub/grubenv", buffer_text(&grubenv), grubenv.length);
    must(grub2_config.parse(&guest, 1, path, (const char *)data, size, &menu, &err) == 0);
    menu_check(&guest, &menu);
    memory_guest_free(&guest);
    return 0;
}
