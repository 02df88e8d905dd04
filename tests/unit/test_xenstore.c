/* xenstore without a xenstored: which keys and values are refused
 * before anybody is asked. What xenstored itself says: cli/xenstore.t.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/boot/xenstore.h"
#include "loader/host/xenstore_child.h"

/* --- keys and values ------------------------------------------------------------------------ */

/* What giving domain 7 the map DATA (JSON) ends in, where there is no xenstored: NULL is success.
 */
static const char *give(const char *data, struct error *err)
{
    auto_free char *text = xasprintf("{\"xenstore_data\": %s}", data);
    struct record record = {.id = (char *)"web", .json = json_loads(text, 0, NULL)};

    error_clear(err);
    assert_non_null(record.json);
    int result = xenstore_give_data(7, &record, err);
    json_decref(record.json);
    assert_int_equal(result, err->text ? -1 : 0);
    return err->text;
}

#define assert_refused(data, words)                                                                \
    do {                                                                                           \
        auto_error struct error err_ = ERROR_INIT;                                                 \
        const char *said_ = give((data), &err_);                                                   \
        if (!said_ || !strstr(said_, (words)))                                                     \
            fail_msg("%.200s: '%.500s' lacks '%s'", (data), said_ ? said_ : "(success)", (words)); \
    } while (0)
/* It would have been written, had there been anybody to write it. */
#define assert_fine(data) assert_refused(data, "xenstored's socket is not there")
#define assert_nothing_to_do(data)                 \
    do {                                           \
        auto_error struct error err_ = ERROR_INIT; \
        assert_null(give((data), &err_));          \
    } while (0)

static void only_vm_data(void **state)
{
    (void)state;
    assert_nothing_to_do("{}");
    assert_nothing_to_do("null");
    assert_nothing_to_do("{\"vm-database\": \"x\", \"vm\": \"x\", \"/vm-data\": \"x\", \"\": \"x\","
                         " \"data/vm-data/x\": \"x\", \"vm-data-2/x\": 7, \"VM-DATA\": \"x\"}");
    assert_fine("{\"vm-data\": \"x\"}");
    assert_fine("{\"vm-data/a/B-_@9\": \"any\\nvalue\\u0001\"}");
    assert_refused("[]", "cannot give domain 7 the xenstore_data of VM web: it is not a map");
}

static void keys_that_xenstore_refuses(void **state)
{
    static const char *const keys[] = {"vm-data/",      "vm-data//a",   "vm-data/a/",
                                       "vm-data/../..", "vm-data/a.b",  "vm-data/a b",
                                       "vm-data/a:b",   "vm-data/a\\n", "vm-data/\\u00e9"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        auto_free char *data = xasprintf("{\"vm-data/good\": \"\", \"%s\": \"x\"}", keys[i]);
        assert_refused(data, "cannot be written to xenstore: a key is letters");
    }
    assert_refused("{\"vm-data/a\": 7}", "the key vm-data/a cannot be written to xenstore: its "
                                         "value is not text; change it, or take it out");
}

/* LENGTH times LETTER. The caller frees. */
static char *many(char letter, size_t length)
{
    char *text = xmalloc(length + 1);

    memset(text, letter, length);
    text[length] = '\0';
    return text;
}

static char *data_of(size_t key_length, size_t value_length)
{
    auto_free char *key = many('k', key_length - strlen("vm-data/"));
    auto_free char *value = many('v', value_length);

    return xasprintf("{\"vm-data/%s\": \"%s\"}", key, value);
}

static void lengths(void **state)
{
    (void)state;
    for (int over = -1; over <= 1; over++) {
        size_t left = XENSTORE_PAYLOAD_MAX - strlen("/local/domain/7/") - 100 - 1;
        auto_free char *key = data_of((size_t)(XENSTORE_KEY_MAX + over), 0);
        auto_free char *both = data_of(100, left + (size_t)over);
        if (over <= 0) {
            assert_fine(key);
            assert_fine(both);
        } else {
            assert_refused(key, "no key of more than 2048 bytes");
            assert_refused(both, "no more than 4096 bytes of path and value together");
        }
    }
}

static void number_of_keys(void **state)
{
    (void)state;
    for (int count = XENSTORE_ENTRIES_MAX - 1; count <= XENSTORE_ENTRIES_MAX + 1; count++) {
        auto_buffer struct buffer data = BUFFER_INIT(1024 * 1024);
        buffer_add_text(&data, "{\"other\": \"\"");
        for (int i = 0; i < count; i++)
            buffer_addf(&data, ", \"vm-data/%d\": \"\"", i);
        buffer_add_text(&data, "}");
        if (count <= XENSTORE_ENTRIES_MAX)
            assert_fine(buffer_text(&data));
        else
            assert_refused(buffer_text(&data), "more than 1000 keys");
    }
}

static void nobody_is_asked(void **state)
{
    struct xenstore_found found = {1, 2, 3, 4, GUEST_PVH};
    const struct settings settings = {.output_directory = (char *)"/x/bootloader.7.d"};
    struct record record = {.id = (char *)"web"};

    (void)state;
    assert_false(xenstore_is_here());
    xenstore_look(&settings, &found);
    assert_int_equal(found.host_kernel_max, 0);
    assert_int_equal(found.host_ramdisk_max, 0);
    assert_int_equal(found.vm_kernel_max, 0);
    assert_int_equal(found.vm_ramdisk_max, 0);
    assert_int_equal(found.kind, GUEST_UNKNOWN);
    assert_int_equal(xenstore_give_data(-1, &record, NULL), 0);
}

static void where_it_is_looked_for(void **state)
{
    char directory[] = "/tmp/eliloader-test.XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(directory));
    auto_free char *socket = xasprintf("%s/socket", directory);
    assert_int_equal(symlink("/dev/null", socket), 0);
    setenv("XENSTORED_RUNDIR", directory, 1);
    assert_false(xenstore_is_here());
    unsetenv("XENSTORED_PATH");
    assert_true(xenstore_is_here());
    setenv("XENSTORED_PATH", socket, 1);
    unsetenv("XENSTORED_RUNDIR");
    assert_true(xenstore_is_here());
    unlink(socket);
    rmdir(directory);
    assert_false(xenstore_is_here());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_vm_data),    cmocka_unit_test(keys_that_xenstore_refuses),
        cmocka_unit_test(lengths),         cmocka_unit_test(number_of_keys),
        cmocka_unit_test(nobody_is_asked), cmocka_unit_test(where_it_is_looked_for),
    };

    setenv("XENSTORED_PATH", "/nonexistent/socket", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
