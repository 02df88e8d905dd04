/* Images: the descriptor, the implanted sum, the list of files; and what a file is by its bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/protocol/medium.h"
#include "loader/medium/examine.h"
#include "loader/medium/file_type.h"
#include "loader/medium/iso_md5.h"
#include "loader/medium/request.h"

static int file_of(const void *bytes, size_t length)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    return fd;
}

/* --- an image of one file --------------------------------------------------------------------- */

enum { SECTOR_PRIMARY = 16, SECTOR_END, SECTOR_PATHS = 20, SECTOR_ROOT, SECTOR_FILE, SECTORS = 32 };
struct disc {
    unsigned char bytes[SECTORS * ISO_SECTOR];
};

static void put_both(unsigned char *at, uint32_t number)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (unsigned char)(number >> (8 * i));
        at[7 - i] = (unsigned char)(number >> (8 * i));
    }
}

/* A directory record; returns its length. (ECMA-119, 9.1) */
static size_t put_record(unsigned char *at, const char *name, size_t name_length, uint32_t sector,
                         uint32_t size, bool directory)
{
    size_t length = (33 + name_length + 1) & ~(size_t)1;

    memset(at, 0, length);
    at[0] = (unsigned char)length;
    put_both(at + 2, sector);
    put_both(at + 10, size);
    memcpy(at + 18, "\x7c\1\1\0\0\0", 6);
    at[25] = directory ? 2 : 0;
    at[28] = at[31] = 1;
    at[32] = (unsigned char)name_length;
    memcpy(at + 33, name, name_length);
    return length;
}

static struct disc *new_disc(const char *application)
{
    struct disc *disc = calloc(1, sizeof *disc);
    unsigned char *primary = disc->bytes + SECTOR_PRIMARY * ISO_SECTOR;
    unsigned char *end = primary + ISO_SECTOR, *root = disc->bytes + SECTOR_ROOT * ISO_SECTOR;
    size_t at;

    memcpy(primary, "\1CD001\1", 7);
    memset(primary + 8, ' ', 64);
    memcpy(primary + 40, "A LABEL", 7);
    put_both(primary + 80, SECTORS);
    primary[120] = primary[123] = primary[124] = primary[127] = 1;
    primary[129] = primary[130] = ISO_SECTOR >> 8;
    put_record(primary + 156, "", 1, SECTOR_ROOT, ISO_SECTOR, true);
    primary[140] = primary[151] = SECTOR_PATHS;
    primary[881] = 1;
    memset(primary + ISO_APPLICATION_AT, ' ', ISO_APPLICATION_LENGTH);
    memcpy(primary + ISO_APPLICATION_AT, application, strlen(application));
    memcpy(end, "\377CD001\1", 7);
    at = put_record(root, "\0", 1, SECTOR_ROOT, ISO_SECTOR, true);
    at += put_record(root + at, "\1", 1, SECTOR_ROOT, ISO_SECTOR, true);
    put_record(root + at, "README.TXT;1", 12, SECTOR_FILE, 5, false);
    memcpy(root + ISO_SECTOR, "hello", 5);
    return disc;
}

static void descriptor_of_an_image(void **state)
{
    (void)state;
    struct disc *disc = new_disc("ISO MD5SUM = 0123456789ABCDEF0123456789abcdef;SKIPSECTORS = 15;");
    int fd = file_of(disc, sizeof *disc);
    struct descriptor descriptor;

    assert_int_equal(descriptor_read(fd, &descriptor), 1);
    assert_string_equal(descriptor.label, "A LABEL");
    assert_int_equal(descriptor.size, sizeof *disc);
    assert_int_equal(descriptor.at, 32768);
    assert_string_equal(descriptor.implanted.md5, "0123456789abcdef0123456789abcdef");
    assert_int_equal(descriptor.implanted.skip_sectors, 15);
    close(fd);
    /* one byte less than the descriptor; then a descriptor behind the bound */
    fd = file_of(disc, 32768 + ISO_SECTOR - 1);
    assert_int_equal(descriptor_read(fd, &descriptor), 0);
    close(fd);
    free(disc);
}

static void descriptors_have_a_bound(void **state)
{
    (void)state;
    for (unsigned before = ISO_DESCRIPTORS_MAX - 2; before <= ISO_DESCRIPTORS_MAX; before++) {
        size_t size = (size_t)(ISO_FIRST_DESCRIPTOR + before + 1) * ISO_SECTOR;
        char *bytes = calloc(1, size);
        struct descriptor descriptor;

        for (unsigned i = 0; i <= before; i++)
            memcpy(bytes + (ISO_FIRST_DESCRIPTOR + i) * ISO_SECTOR,
                   i == before ? "\1CD001" : "\2CD001", 6);
        int fd = file_of(bytes, size);
        assert_int_equal(descriptor_read(fd, &descriptor), before < ISO_DESCRIPTORS_MAX);
        close(fd);
        free(bytes);
    }
}

static void implanted(const char *text, struct implanted *out)
{
    char field[ISO_APPLICATION_LENGTH];

    memset(field, ' ', sizeof field);
    memcpy(field, text, strlen(text));
    implanted_parse(field, out);
}
#define MD5_TEXT "ISO MD5SUM = 0123456789abcdef0123456789abcdef;"

static void implanted_sums(void **state)
{
    (void)state;
    struct implanted out;

    implanted(MD5_TEXT "SKIPSECTORS = 15;RHLISOSTATUS=1;FRAGMENT SUMS = 00ffAA;FRAGMENT COUNT = 20;"
                       "THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!",
              &out);
    assert_string_equal(out.fragment_sums, "00ffaa");
    assert_int_equal(out.fragment_count, 20);
    implanted("ISO MD5SUM = 0123456789abcdef0123456789abcde;", &out);
    assert_string_equal(out.md5, "");
    implanted("ISO MD5SUM = 0123456789abcdef0123456789abcdef0;", &out);
    assert_string_equal(out.md5, "");
    implanted("ISO MD5SUM = 0123456789abcdef0123456789abcdeg;", &out);
    assert_string_equal(out.md5, "");
    implanted(MD5_TEXT "SKIPSECTORS = 4294967295;", &out);
    assert_int_equal(out.skip_sectors, UINT32_MAX);
    implanted(MD5_TEXT "SKIPSECTORS = 4294967296;", &out);
    assert_int_equal(out.skip_sectors, 0);
    implanted(MD5_TEXT "SKIPSECTORS = -1;", &out);
    assert_int_equal(out.skip_sectors, 0);
    implanted(MD5_TEXT "FRAGMENT SUMS = ab;FRAGMENT COUNT = 60;", &out);
    assert_int_equal(out.fragment_count, 60);
    implanted(MD5_TEXT "FRAGMENT SUMS = ab;FRAGMENT COUNT = 61;", &out);
    assert_int_equal(out.fragment_count, 0);
    implanted(MD5_TEXT "FRAGMENT SUMS = ab;", &out);
    assert_string_equal(out.fragment_sums, "");
    implanted("", &out);
    assert_string_equal(out.md5, "");
}

static void fragment_sums_have_a_bound(void **state)
{
    (void)state;
    for (int digits = ISO_FRAGMENT_SUMS_MAX - 1; digits <= ISO_FRAGMENT_SUMS_MAX + 1; digits++) {
        char text[256];
        struct implanted out;

        snprintf(text, sizeof text, MD5_TEXT "FRAGMENT SUMS = %0*d;FRAGMENT COUNT = 1;", digits, 0);
        implanted(text, &out);
        assert_int_equal(strlen(out.fragment_sums), digits <= ISO_FRAGMENT_SUMS_MAX ? digits : 0);
    }
}

static void checks(uint32_t skip, uint64_t size, enum check_result wanted)
{
    /* md5sum of the image with spaces in the field, less `skip` sectors, is not this */
    struct disc *disc = new_disc(MD5_TEXT);
    struct digest_algorithms algorithms;
    struct descriptor descriptor;
    struct check check;
    struct error err = ERROR_INIT;
    int fd = file_of(disc, sizeof *disc);

    assert_int_equal(descriptor_read(fd, &descriptor), 1);
    descriptor.implanted.skip_sectors = skip;
    assert_int_equal(digest_algorithms_load(&algorithms, &err), 0);
    assert_int_equal(check_image(fd, size, &descriptor, &algorithms, NULL, NULL, &check, &err), 0);
    if (wanted == CHECK_GOOD) { /* what was computed is right by definition */
        memcpy(descriptor.implanted.md5, check.md5, sizeof check.md5);
        assert_int_equal(check_image(fd, size, &descriptor, &algorithms, NULL, NULL, &check, &err),
                         0);
    }
    assert_int_equal(check.result, wanted);
    digest_algorithms_free(&algorithms);
    close(fd);
    free(disc);
}

static void images_are_checked(void **state)
{
    (void)state;
    checks(0, sizeof(struct disc), CHECK_GOOD);
    checks(15, sizeof(struct disc), CHECK_GOOD);
    checks(SECTORS, sizeof(struct disc), CHECK_GOOD); /* the MD5 of nothing */
    checks(UINT32_MAX, sizeof(struct disc), CHECK_GOOD);
    checks(0, sizeof(struct disc), CHECK_DAMAGED);
    checks(0, sizeof(struct disc) - 1, CHECK_CUT_OFF);
    checks(1, sizeof(struct disc) - ISO_SECTOR, CHECK_GOOD);
}

/* --- other files ------------------------------------------------------------------------------ */

static void kinds_of_files(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        enum kind kind;
        const char *compression, *content;
    } files[] = {
        {"070701", 6, KIND_RAMDISK, "none", "cpio"},
        {"070707", 6, KIND_RAMDISK, "none", "cpio"},
        {"07070", 5, KIND_OTHER, NULL, NULL},
        {"\177ELF", 4, KIND_KERNEL, "none", NULL},
        {"\x1f\x8b\x08 cut", 7, KIND_RAMDISK, "gzip", NULL},
        {"BZh9 cut", 8, KIND_RAMDISK, "bzip2", NULL},
        {"\x28\xb5\x2f\xfd", 4, KIND_RAMDISK, "zstd", NULL},
        {"text\n", 5, KIND_OTHER, NULL, NULL},
        {"", 0, KIND_OTHER, NULL, NULL},
    };

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        int fd = file_of(files[i].bytes, files[i].length);
        struct kind_of kind;
        struct error err = ERROR_INIT;

        assert_int_equal(kind_look(fd, &kind, &err), 0);
        assert_int_equal(kind.kind, files[i].kind);
        assert_string_equal(kind.compression ? kind.compression : "-",
                            files[i].compression ? files[i].compression : "-");
        assert_string_equal(kind.content ? kind.content : "-",
                            files[i].content ? files[i].content : "-");
        close(fd);
    }
}

/* --- sums of a part --------------------------------------------------------------------------- */

/* "" when they cannot be taken. */
static void assert_sum(uint64_t at, uint64_t length, bool tables, const char *sha1, const char *md5)
{
    int fd = file_of("xabcy", 5);
    const struct medium_request request = {.name = "part",
                                           .mode = MEDIUM_TAKES_SUMS,
                                           .tables = tables,
                                           .digest = DIGEST_SHA1,
                                           .at = at,
                                           .length = length};
    struct digest_algorithms algorithms;
    struct report report = {.fd = -1};
    struct finding finding = {0};
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(digest_algorithms_load(&algorithms, &err), 0);
    assert_int_equal(examine(fd, 5, &request, &algorithms, &report, &finding, &err),
                     *sha1 ? 0 : -1);
    if (*sha1)
        assert_string_equal(finding.sums[DIGEST_SHA1].hex, sha1);
    assert_string_equal(finding.sums[DIGEST_MD5].hex, md5);
    finding_free(&finding);
    digest_algorithms_free(&algorithms);
    close(fd);
}

/* What printf abc | sha1sum, and md5sum, say; of the file, of its end, of nothing. */
static void parts_are_summed(void **state)
{
    (void)state;
    assert_sum(1, 3, false, "a9993e364706816aba3e25717850c26c9cd0d89d", "");
    assert_sum(1, 3, true, "a9993e364706816aba3e25717850c26c9cd0d89d",
               "900150983cd24fb0d6963f7d28e17f72");
    assert_sum(4, 0, false, "95cb0bfd2977c761298d9624e4b4d4c72a39974a", "");
    assert_sum(5, 0, false, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "");
    assert_sum(4, 1, false, "95cb0bfd2977c761298d9624e4b4d4c72a39974a", "");
    assert_sum(4, 2, false, "", "");
    assert_sum(6, 0, false, "", "");
}

/* --- the request ------------------------------------------------------------------------------ */

static void requests(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"{\"name\":\"x\",\"verify\":true,\"uid\":65534,\"own_user\":true}", NULL},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":0,\"mode\":null}", NULL},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":\"support\"}", NULL},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":\"identify\"}",
         "mode 'identify' is not known"},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":7}", "mode is not a text"},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":\"sums\",\"tables\":true,\"at\":1,"
         "\"length\":2,\"digest\":\"sha1\"}",
         NULL},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":\"sums\",\"tables\":true,\"at\":1,"
         "\"length\":9223372036854775806}",
         NULL},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":\"sums\",\"tables\":true,\"at\":1,"
         "\"length\":9223372036854775807}",
         "length"},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":\"sums\",\"tables\":true,\"at\":0,"
         "\"length\":0,\"digest\":\"crc\"}",
         "'crc' is no digest"},
        {"{\"name\":\"x\",\"verify\":false,\"uid\":1,\"mode\":\"sums\",\"at\":0,\"length\":0}",
         "tables is not a boolean"},
        {"[]", "not a JSON object"},
        {"{", "not JSON"},
        {"{\"verify\":true,\"uid\":1}", "name is missing"},
        {"{\"name\":\"x\",\"uid\":1}", "verify is not a boolean"},
        {"{\"name\":\"x\",\"verify\":true}", "uid is not a user's number"},
        {"{\"name\":\"x\",\"verify\":true,\"uid\":4294967295}", "uid is not a user's number"},
        {"{\"name\":\"x\",\"verify\":true,\"uid\":-1}", "uid is not a user's number"},
        {"{\"name\":7,\"verify\":true,\"uid\":1}", "name is not a text"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct medium_request request;
        auto_error struct error err = ERROR_INIT;
        int result = medium_request_parse(cases[i].text, strlen(cases[i].text), &request, &err);

        assert_int_equal(result, cases[i].error ? -1 : 0);
        if (cases[i].error)
            assert_non_null(strstr(err.text, cases[i].error));
        medium_request_free(&request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptor_of_an_image), cmocka_unit_test(descriptors_have_a_bound),
        cmocka_unit_test(implanted_sums),         cmocka_unit_test(fragment_sums_have_a_bound),
        cmocka_unit_test(images_are_checked),     cmocka_unit_test(kinds_of_files),
        cmocka_unit_test(parts_are_summed),       cmocka_unit_test(requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
