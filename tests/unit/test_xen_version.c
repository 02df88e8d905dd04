/* Which Xen this is, of files as dom0's kernel and packages have them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "loader/host/xen_version.h"

static char folder[] = "/tmp/eliloader-test.XXXXXX";

/* In a folder of its own, which is made. */
static void put(const char *name, const char *text)
{
    auto_free char *path = xasprintf("%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make(void **state)
{
    static const char *const names[] = {"", "version", "lib", "lib64"};

    (void)state;
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (size_t i = 1; i < ARRAY_SIZE(names); i++) {
        auto_free char *path = xasprintf("%s/%s", folder, names[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    return 0;
}

static int removed(void **state)
{
    auto_free char *command = xasprintf("rm -rf %s", folder);

    (void)state;
    return system(command);
}

/* "4.17", or "-". */
static void is_at(const char *wanted, const char *file, int line)
{
    auto_free char *lib = xasprintf("%s/lib", folder), *lib64 = xasprintf("%s/lib64", folder);
    const char *libraries[] = {lib, "/nowhere", lib64, NULL};
    struct xen_version version;
    char got[32] = "-";

    if (xen_version_in(folder, libraries, &version))
        snprintf(got, sizeof got, "%u.%u", version.major, version.minor);
    if (strcmp(got, wanted) != 0) {
        print_error("%s, not %s\n", got, wanted);
        _fail(file, line);
    }
}
#define is(wanted) is_at(wanted, __FILE__, __LINE__)

static void by_the_hypervisor(void **state)
{
    (void)state;
    is("-");
    put("type", "xen\n");
    put("version/major", "4\n");
    is("-");
    put("version/minor", "13\n");
    put("lib/libxenguest.so.4.17", "");
    is("4.13");
    put("version/minor", "13.4\n");
    is("4.17");
    put("version/minor", "1001\n");
    is("4.17");
    put("version/minor", "1000\n");
    is("4.1000");
    put("type", "kvm\n");
    is("4.17");
}

static void by_libraries(void **state)
{
    (void)state;
    put("lib/libxenguest.so", "");
    put("lib/libxenguest.so.4", "");
    put("lib/libxenguest.so.x.y", "");
    put("lib/libxenguest.a", "");
    is("-");
    put("lib64/libxenguest.so.4.17.0", "");
    put("lib64/libxenguest.so.4.40", "");
    is("-");
    put("lib64/libxenguest.so.4.39", "");
    is("4.39");
    put("lib64/libxenguest.so.4.17", "");
    is("4.17");
    put("lib/libxenguest.so.4.14", "");
    is("4.14");
    put("lib/libxenguest.so.4.9", "");
    is("4.9");
    put("lib/libxenguest.so.4.0", "");
    is("4.0");
}

static void versions_are_numbers(void **state)
{
    const struct xen_version version = {4, 9};

    (void)state;
    assert_true(xen_version_before(&version, 4, 10));
    assert_true(xen_version_before(&version, 5, 0));
    assert_false(xen_version_before(&version, 4, 9));
    assert_false(xen_version_before(&version, 3, 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_the_hypervisor, make, removed),
        cmocka_unit_test_setup_teardown(by_libraries, make, removed),
        cmocka_unit_test(versions_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
