/* What the tests of the boot configuration parsers share: a guest of three volumes, a menu,
 * and checks that report the caller's line.
 *
 * Partitions 1 and 2 of disk 0 are volumes 0 (uuid "1111-boot") and 1 ("2222-root"); volume 2
 * is disk 1, a bare filesystem. Include <cmocka.h> first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_MENU_FIXTURE_H
#define TESTS_UNIT_MENU_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/boot_config.h"
#include "fsprobe/config/config_text.h"
#include "fsprobe/config/menu.h"
#include "tests/unit/guest_memory.h"

struct fixture {
    struct guest guest;
    struct menu menu;
};

static inline int fixture_setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);

    memory_guest(&f->guest);
    memory_volume_add(&f->guest, "1111-boot", "boot");
    memory_volume_add(&f->guest, "2222-root", "root");
    struct volume *bare = memory_volume_add(&f->guest, "3333-data", "data");
    bare->disk = 1;
    bare->partition = 0;
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    menu_free(&f->menu);
    memory_guest_free(&f->guest);
    free(f);
    return 0;
}

/* Parses the bytes as a file at PATH of volume VOLUME. */
static inline void fixture_parse_bytes(struct fixture *f, const struct boot_config *config,
                                       size_t volume, const char *path, const char *bytes,
                                       size_t length)
{
    auto_error struct error err = ERROR_INIT;
    /* A copy of exactly that length, so that a sanitizer sees one byte too many. */
    auto_free char *copy = xmalloc(length);

    if (length)
        memcpy(copy, bytes, length);
    menu_free(&f->menu);
    assert_int_equal(config->parse(&f->guest, volume, path, copy, length, &f->menu, &err), 0);
}

/* TEXT COUNT times. The caller frees. */
static inline char *repeat(const char *text, size_t count)
{
    struct buffer out = BUFFER_INIT(64 * 1024 * 1024);

    for (size_t i = 0; i < count; i++)
        buffer_add_text(&out, text);
    return buffer_take(&out);
}

static inline bool has_problem(const struct menu *menu, const char *part)
{
    for (size_t i = 0; i < menu->problems.count; i++)
        if (strstr(menu->problems.texts[i], part))
            return true;
    return false;
}

/* One line for an entry: "TITLE | KERNEL | RAMDISK RAMDISK | ARGS", a path on a volume other
 * than HOME with "VOLUME:" before it. The caller frees. */
static inline char *entry_line(const struct entry *entry, size_t home)
{
    struct buffer out = BUFFER_INIT(1024 * 1024);

    buffer_addf(&out, "%s | ", entry->title);
    if (entry->kernel.volume != home)
        buffer_addf(&out, "%zu:", entry->kernel.volume);
    buffer_addf(&out, "%s |", entry->kernel.path);
    for (size_t i = 0; i < entry->ramdisk_count; i++) {
        buffer_add_text(&out, " ");
        if (entry->ramdisks[i].volume != home)
            buffer_addf(&out, "%zu:", entry->ramdisks[i].volume);
        buffer_add_text(&out, entry->ramdisks[i].path);
    }
    buffer_addf(&out, " | %s", entry->args);
    return buffer_take(&out);
}

static inline void check_entry_at(const struct fixture *f, size_t home, size_t index,
                                  const char *expected, const char *file, int line)
{
    if (index >= f->menu.count) {
        print_error("%s:%d: only %zu entries\n", file, line, f->menu.count);
        _fail(file, line);
        return;
    }
    auto_free char *found = entry_line(&f->menu.entries[index], home);

    _assert_string_equal(found, expected, file, line);
}
#define check_entry(f, home, index, expected) \
    check_entry_at(f, home, index, expected, __FILE__, __LINE__)

/* The wanted entries as "2 0 1". */
static inline void check_wanted_at(const struct fixture *f, const char *expected, const char *file,
                                   int line)
{
    char found[128] = "";

    for (size_t i = 0; i < f->menu.wanted_count; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%zu", i ? " " : "",
                 f->menu.wanted[i]);
    _assert_string_equal(found, expected, file, line);
}
#define check_wanted(f, expected) check_wanted_at(f, expected, __FILE__, __LINE__)

#define fixture_test(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#endif
