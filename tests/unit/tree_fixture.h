/* A tree in memory, for the tests of distros/: its files stand in the test that plans it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_TREE_FIXTURE_H
#define TESTS_UNIT_TREE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "distros/distros.h"
#include "distros/families.h"
#include "distros/plan.h"

/* Checksums in the tests: as many equal digits as the digest has. */
#define HEX8(d)   #d #d #d #d #d #d #d #d
#define HEX32(d)  HEX8(d) HEX8(d) HEX8(d) HEX8(d)
#define HEX40(d)  HEX32(d) HEX8(d)
#define HEX64(d)  HEX32(d) HEX32(d)
#define HEX128(d) HEX64(d) HEX64(d)

struct fixture_file {
    const char *path, *text; /* text NULL: reading it fails */
    size_t length;           /* 0: that of the string */
};

struct fixture {
    struct tree tree;
    struct error err;
    const struct fixture_file *files; /* up to the one without a path */
    char asked[4096];                 /* the paths that were read, each followed by a space */
};

static inline int fixture_read(void *context, const char *path, size_t max, struct buffer *out,
                               struct error *err)
{
    struct fixture *fixture = context;
    size_t used = strlen(fixture->asked);

    assert_int_equal(max, TREE_METADATA_MAX);
    assert_true(used + strlen(path) + 2 < sizeof fixture->asked);
    strcpy(fixture->asked + used, path);
    strcat(fixture->asked, " ");
    buffer_clear(out);
    for (const struct fixture_file *file = fixture->files; file->path; file++) {
        if (strcmp(file->path, path) != 0)
            continue;
        if (!file->text)
            return error_set(err, ERROR_INVALID_SOURCE, "%s: 403 Forbidden", path);
        assert_true(buffer_add(out, file->text, file->length ? file->length : strlen(file->text)));
        return 1;
    }
    return 0;
}

static inline int fixture_plan(struct fixture *fixture, const struct tree_request *request,
                               const struct fixture_file *files)
{
    struct tree_reader reader = {fixture_read, fixture};

    *fixture = (struct fixture){.files = files};
    int result = tree_plan(request, &reader, &fixture->tree, &fixture->err);
    if (result == 0) {
        assert_null(fixture->err.text);
        assert_in_range(fixture->tree.layout_count, 1, TREE_LAYOUTS_MAX);
    } else {
        assert_int_equal(result, -1);
        assert_non_null(fixture->err.text);
        assert_int_equal(fixture->tree.layout_count, 0);
        assert_null(fixture->tree.metadata);
    }
    return result;
}

static inline void fixture_free(struct fixture *fixture)
{
    tree_free(&fixture->tree);
    error_clear(&fixture->err);
}
#define auto_fixture __attribute__((cleanup(fixture_free))) struct fixture

/* A request for a family and an architecture; further members in their order or by name. */
#define REQUEST(family_name, ...) (&(struct tree_request){.family = family_name, __VA_ARGS__})
#define FILES(...)                ((const struct fixture_file[]){__VA_ARGS__{NULL, NULL, 0}})
#define FILE_(path, text) \
    {                     \
        path, text, 0     \
    }
#define NO_FILES FILES()

#define assert_layout(fixture, index, kernel_path, ramdisk_path)                \
    do {                                                                        \
        assert_true((index) < (fixture).tree.layout_count);                     \
        assert_string_equal((fixture).tree.layouts[index].kernel, kernel_path); \
        if ((ramdisk_path) == NULL)                                             \
            assert_null((fixture).tree.layouts[index].ramdisk);                 \
        else                                                                    \
            assert_string_equal((fixture).tree.layouts[index].ramdisk,          \
                                (ramdisk_path) ? (ramdisk_path) : "");          \
    } while (0)

#define assert_sum(sum, wanted_digest, wanted_hex)     \
    do {                                               \
        assert_int_equal((sum).digest, wanted_digest); \
        assert_string_equal((sum).hex, wanted_hex);    \
    } while (0)

/* The error's name, and a part of its sentence. */
#define assert_error(error, wanted_name, part)       \
    do {                                             \
        assert_int_equal((error).name, wanted_name); \
        assert_non_null((error).text);               \
        if (!strstr((error).text, part))             \
            assert_string_equal((error).text, part); \
    } while (0)

#endif
