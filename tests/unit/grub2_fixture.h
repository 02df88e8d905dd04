/* What the tests of the GRUB 2 interpreter share. Include <cmocka.h> first.
 *
 * The configuration is /boot/grub/grub.cfg of volume 1, which GRUB calls (hd0,msdos2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_GRUB2_FIXTURE_H
#define TESTS_UNIT_GRUB2_FIXTURE_H

#include "fsprobe/config/grub2/grub2.h"
#include "tests/unit/menu_fixture.h"

#define HOME 1

static inline void parse_text(struct fixture *f, const char *text)
{
    f->guest.grub2_steps = 0; /* each text is a guest of its own */
    fixture_parse_bytes(f, &grub2_config, HOME, "/boot/grub/grub.cfg", text, strlen(text));
}

/* The configuration TEXT boots the entry EXPECTED ("TITLE | KERNEL | RAMDISKS | ARGS"), or
 * "nothing". */
static inline void boots_at(void **state, const char *text, const char *expected, const char *file,
                            int line)
{
    struct fixture *f = *state;

    parse_text(f, text);
    auto_free char *found = f->menu.wanted_count
                                ? entry_line(&f->menu.entries[f->menu.wanted[0]], HOME)
                                : xstrdup("nothing");
    _assert_string_equal(found, expected, file, line);
}
#define boots(text, expected) boots_at(state, text, expected, __FILE__, __LINE__)

/* What EXPRESSION, words of a script, comes to as arguments of a kernel. */
static inline void gives_at(void **state, const char *script, const char *words,
                            const char *expected, const char *file, int line)
{
    auto_free char *text = xasprintf("%s\nmenuentry 't' {\n linux /k %s\n}\n", script, words);
    auto_free char *entry = xasprintf("t | /k | | %s", expected);

    boots_at(state, text, entry, file, line);
}
#define gives(script, words, expected) gives_at(state, script, words, expected, __FILE__, __LINE__)

#endif
