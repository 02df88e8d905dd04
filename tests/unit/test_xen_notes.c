/* What notes say of a kernel.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel_fixture.h"
#include "loader/medium/xen_notes.h"

static struct kernel notes;

static int setup(void **state)
{
    (void)state;
    notes.length = 0;
    return 0;
}

static void says_at(const struct kernel *kernel, bool pv, bool pvh, const char *file, int line)
{
    struct xen_notes xen = {0};
    auto_error struct error err = ERROR_INIT;

    if (xen_notes_add(&xen, kernel->bytes, kernel->length, &err) < 0)
        _fail(file, line);
    _assert_int_equal(xen_notes_pv(&xen), pv, file, line);
    _assert_int_equal(xen_notes_pvh(&xen), pvh, file, line);
}
#define says(kernel, pv, pvh) says_at(kernel, pv, pvh, __FILE__, __LINE__)

static void linux_kernels(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        notes.length = 0;
        put_linux_notes(&notes, i & 1, i & 2);
        says(&notes, i & 1, i & 2);
    }
}

static void nothing_for_xen(void **state)
{
    struct xen_notes xen = {0};

    (void)state;
    put_note(&notes, "GNU", 1, "12345678", 8);
    put_note(&notes, "Xeno", 18, "12345678", 8);
    put_note(&notes, "", 18, "12345678", 8);
    says(&notes, false, false);
    assert_int_equal(xen_notes_add(&xen, notes.bytes, notes.length, NULL), 0);
    assert_false(xen.any);
}

/* NetBSD begins where Xen's toolstack looks by itself: at the ELF header's entry. */
static void other_systems(void **state)
{
    (void)state;
    put_note(&notes, "Xen", 6, "NetBSD", 7);
    put_note(&notes, "Xen", 5, "xen-3.0", 8);
    says(&notes, false, false);
    put_note(&notes, "Xen", 8, "generic", 8);
    says(&notes, true, false);
    put_note(&notes, "Xen", 18, "1234", 4);
    says(&notes, false, true);
    put_note(&notes, "Xen", 1, "1234", 4);
    says(&notes, true, true);
    put_note(&notes, "Xen", 5, "xen-2.0", 8);
    says(&notes, false, true);
}

static void damaged(const struct kernel *kernel)
{
    struct xen_notes xen = {0};
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(xen_notes_add(&xen, kernel->bytes, kernel->length, &err), -1);
    assert_non_null(strstr(err.text, "its ELF notes are damaged"));
}

static void lengths_have_bounds(void **state)
{
    (void)state;
    put_note(&notes, "Xen", 18, "1234", 4);
    for (size_t length = 0; length < 12; length++)
        says(&(struct kernel){.length = length}, false, false);
    notes.length = 16;
    notes.bytes[4] = 0; /* no value */
    says(&notes, false, true);
    notes.bytes[0] = 5; /* one more than there is */
    damaged(&notes);
    memset(notes.bytes, 0xff, 4);
    damaged(&notes);
    notes.length = 0;
    put_note(&notes, "Xen", 18, "", 0);
    notes.bytes[0] = 3; /* a name without its NUL */
    says(&notes, false, false);
}

/* As in GRUB's own kernel: the last value claims more than there is. */
static void last_value_may_be_short(void **state)
{
    (void)state;
    put_note(&notes, "Xen", 8, "generic", 8);
    put_note(&notes, "Xen", 5, "xen-3.0", 8);
    for (uint32_t claimed = 0; claimed < 200; claimed++) {
        memcpy(notes.bytes + 24 + 4, &claimed, sizeof claimed);
        says(&notes, claimed == 7 || claimed >= 8, false);
    }
    memset(notes.bytes + 24 + 4, 0xff, 4);
    says(&notes, true, false);
}

static void text_says(const char *text, bool pv, bool pae)
{
    struct xen_notes xen = {0};

    xen_notes_add_text(&xen, text, strlen(text) + 1);
    assert_int_equal(xen_notes_pv(&xen), pv);
    assert_int_equal(xen.pae, pae);
    assert_false(xen_notes_pvh(&xen));
    xen = (struct xen_notes){0};
    xen_notes_add_text(&xen, text, strlen(text)); /* not terminated */
    assert_int_equal(xen_notes_pv(&xen), pv);
}

static void old_text(void **state)
{
    (void)state;
    text_says("GUEST_OS=linux,GUEST_VER=2.6,XEN_VER=xen-3.0,VIRT_BASE=0xC0000000,PAE=yes,"
              "LOADER=generic",
              true, true);
    text_says("XEN_VER=xen-3.0,LOADER=generic,PAE=no", true, false);
    text_says("LOADER=generic,XEN_VER=xen-3.0", true, false);
    text_says("XEN_VER=xen-3.0,LOADER=other", false, false);
    text_says("XEN_VER=2.0,LOADER=generic,PAE=bimodal", false, true);
    text_says(",,=,XEN_VER,LOADER=,", false, false);
    text_says("", false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(linux_kernels, setup),
        cmocka_unit_test_setup(nothing_for_xen, setup),
        cmocka_unit_test_setup(other_systems, setup),
        cmocka_unit_test_setup(lengths_have_bounds, setup),
        cmocka_unit_test_setup(last_value_may_be_short, setup),
        cmocka_unit_test(old_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
