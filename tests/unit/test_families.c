/* The table of families: what is made of it agrees with what the families say of themselves.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/families.h"
#include "tests/unit/tree_fixture.h"

#include "distros/family.h"
#include "distros/guess.h"

/* Each of the table's names is what the family's own file calls itself, and they are found by it.
 */
static void names(void **state)
{
    const struct family *family;
    auto_buffer struct buffer all = BUFFER_INIT(4096);

    (void)state;
    for (size_t i = 0; (family = family_at(i)); i++) {
        const char *name = family->distro.name;

        assert_true(buffer_addf(&all, "%s%s", i ? ", " : "", name));
        assert_ptr_equal(family_find(name), family);
        assert_ptr_equal(distro_find(name), &family->distro);
        assert_true(text_is_word(name) && !strchr(name, ','));
        assert_string_not_equal(name, GUESS_ANY);
        assert_string_not_equal(name, RECOGNISE_AUTO);
    }
    assert_string_equal(buffer_text(&all), distro_names);
    assert_string_equal(family_at(0)->distro.name, FAMILY_DEFAULT);
    assert_true(text_starts(FAMILY_NAMES_DEFAULT, FAMILY_DEFAULT " (default), "));
    assert_null(family_at(99));
    assert_null(family_find("rhlike "));
    assert_null(family_find(NULL));
}

/* What every family must have, and may have. */
static void parts(void **state)
{
    const struct family *family;

    (void)state;
    for (size_t i = 0; (family = family_at(i)); i++) {
        size_t places = 0;

        assert_in_range(family->distro.last_round, 1, 2);
        assert_non_null(family->plan);
        for (const struct guess_place *p = family->places; p && p->kernel; p++, places++)
            assert_true(p->source && p->ramdisk);
        assert_in_range(places, 0, TREE_LAYOUTS_MAX);
    }
}

/* The steps come family by family, in the order of the table. */
static void steps_are_in_order(void **state)
{
    const struct tree_request request = {
        .arch = "x86_64", .release = "bookworm", .repository = "http://h/"};
    auto_tree struct tree tree = {0};
    auto_error struct error err = ERROR_INIT;
    const char *name = NULL;
    size_t at = 0;
    int more = 1;

    (void)state;
    for (size_t i = 0; (more = guess_step(&request, i, &tree, &name, &err)) > 0; i++) {
        while (family_at(at) && strcmp(family_at(at)->distro.name, name) != 0)
            at++;
        assert_non_null(family_at(at));
        assert_true(tree.layout_count > 0);
    }
    assert_int_equal(more, 0);
    assert_true(at > 0);
}

static void archs(void **state)
{
    (void)state;
    assert_string_equal(arch_rpm("amd64"), "x86_64");
    assert_string_equal(arch_deb("x86_64"), "amd64");
    assert_string_equal(arch_rpm("sparc"), "sparc");
    assert_string_equal(arch_other("amd64"), "i386");
    assert_string_equal(arch_other("x86_64"), "i386");
    assert_string_equal(arch_other("i386"), "x86_64");
    assert_string_equal(arch_rpm("arm64"), "aarch64");
    assert_string_equal(arch_deb("aarch64"), "arm64");
    assert_null(arch_other("arm64"));
    assert_null(arch_other("sparc"));
    assert_string_equal(arch_debian_cd("x86_64"), "amd");
    assert_true(arch_known(arch_own()));
    assert_true(arch_known(ARCH_DEFAULT) && arch_known(ARCH_DEFAULT_VM));
}

static void archs_of_hosts(void **state)
{
    static const struct {
        const char *host, *tree, *vm, *runs, *runs_not;
    } hosts[] = {
        {"x86_64", "x86_64", "i386", "i686", "arm64"},
        {"i386", "x86_64", "i386", "amd64", "aarch64"},
        {"aarch64", "aarch64", "aarch64", "arm64", "i386"},
        {"arm64", "aarch64", "aarch64", "aarch64", "amd64"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
        assert_string_equal(arch_default(hosts[i].host), hosts[i].tree);
        assert_string_equal(arch_default_vm(hosts[i].host), hosts[i].vm);
        assert_true(arch_runs(hosts[i].runs, hosts[i].host));
        assert_true(arch_runs("sparc", hosts[i].host) && arch_runs(NULL, hosts[i].host));
        assert_false(arch_runs(hosts[i].runs_not, hosts[i].host));
    }
}

static void archs_of_trees(void **state)
{
    const char *own = ARCH_DEFAULT;
    unsigned i386 = arch_bit("i586", strlen("i586")), wide = arch_bit("amd64", 5),
             arm = arch_bit("arm64", 5);
    unsigned all = i386 | wide | arm;

    (void)state;
    assert_int_equal(arch_bit("sparc", 5), 0);
    assert_int_equal(arch_bit("arm64", 4), 0);
    assert_int_equal(arch_bit("", 0), 0);
    assert_int_equal(wide, arch_bit("x86_64 i386", 6));
    assert_true(i386 && wide && arm && i386 != wide && wide != arm);
    assert_string_equal(arch_likeliest(0), own);
    assert_string_equal(arch_likeliest(all), own);
    assert_string_equal(arch_likeliest(i386), "i386");
    assert_string_equal(arch_likeliest(wide), "x86_64");
    assert_string_equal(arch_likeliest(arm), "aarch64");
    for (size_t i = 0; arch_at(i); i++)
        all &= ~arch_bit(arch_at(i), strlen(arch_at(i)));
    assert_int_equal(all, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(parts),
        cmocka_unit_test(steps_are_in_order),
        cmocka_unit_test(archs),
        cmocka_unit_test(archs_of_hosts),
        cmocka_unit_test(archs_of_trees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
