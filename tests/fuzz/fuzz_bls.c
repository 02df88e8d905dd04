/* Fuzz target: Boot Loader Specification entries.
 *
 * The input is cut at every 0x01 byte: into the file names (without ".conf") and texts of
 * entries, in turn. The first piece is the value of every variable; where it begins with "l"
 * nothing is expanded, as systemd-boot has it. Whatever it is, bls_read() ends soon with a menu of
 * which menu_check() holds.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "fsprobe/config/systemd_boot/bls.h"
#include "tests/fuzz/menu_check.h"
#include "tests/unit/guest_memory.h"

#define ENTRIES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cuts the next piece off; false when there is none left. */
static bool cut(const uint8_t **data, size_t *size, const uint8_t **piece, size_t *length)
{
    const uint8_t *mark = *size > 0 ? memchr(*data, 1, *size) : NULL;

    if (*size == 0)
        return false;
    *piece = *data;
    *length = mark ? (size_t)(mark - *data) : *size;
    *data += *length + (mark != NULL);
    *size -= *length + (mark != NULL);
    return true;
}

/* A name that a directory can hold, from any bytes. */
static char *path_from(const uint8_t *piece, size_t length)
{
    size_t kept = length < 200 ? length : 200;
    auto_free char *name = xstrndup((const char *)piece, kept);

    for (char *p = name; *p; p++)
        if (*p == '/')
            *p = '+';
    return xasprintf("/loader/entries/%s.conf", name);
}

static const char *variable(void *context, const char *name)
{
    return *name == 'n' ? NULL : context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_error struct error err = ERROR_INIT;
    auto_menu struct menu menu = MENU_INIT;
    const uint8_t *piece = NULL, *text = NULL;
    size_t length = 0, text_length = 0;
    struct guest guest;

    memory_guest(&guest);
    memory_volume_add(&guest, "1", "boot");
    memory_file(&guest, 0, "/k", "kernel");
    if (!cut(&data, &size, &piece, &length))
        length = 0;
    auto_free char *value = xstrndup(length ? (const char *)piece : "", length);
    bool literal = length && *piece == 'l';
    for (int i = 0; i < ENTRIES_MAX && cut(&data, &size, &piece, &length) &&
                    cut(&data, &size, &text, &text_length);
         i++) {
        auto_free char *path = path_from(piece, length);

        memory_file_bytes(&guest, 0, path, text, text_length);
    }
    const struct bls_place place = {0, "/loader/entries", "/boot", "/EFI/Linux"};
    const struct bls_rules rules = {literal ? NULL : variable, value, NULL};
    must(bls_read(&guest, &place, 1, &rules, &menu, &err) >= 0);
    menu_check(&guest, &menu);
    memory_guest_free(&guest);
    return 0;
}
