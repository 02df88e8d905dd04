/* The tables of installation media: the historical format, its extensions, and what they refuse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "distros/maps/maps_line.h"

#define MD5    "00112233445566778899aabbccddeeff"
#define SHA256 MD5 MD5

static struct maps *read_table(const char *text)
{
    struct maps *maps = maps_new();
    auto_error struct error err = ERROR_INIT;

    if (maps_add(maps, "t.map", text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
    return maps;
}

/* The table is refused, with SENTENCE. */
static void refused(const char *text, size_t length, const char *sentence)
{
    struct maps *maps = maps_new();
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(maps_add(maps, "t.map", text, length, &err), -1);
    assert_string_equal(err.text, sentence);
    maps_free(maps);
}
#define REFUSES(text, sentence) refused(text, strlen(text), sentence)

/* What is found, as "TYPE OVERLAY NAME:LINE"; "nothing". The caller frees. */
static char *found(const struct maps *maps, const char *md5, const char *sha256, const char *family,
                   const char *version, const char *arch)
{
    struct map_entry e;

    if (!maps_find(maps, md5, sha256, family, version, arch, &e))
        return xstrdup("nothing");
    return xasprintf("%s%s %s %s:%u%s", e.type == RAMDISK_EXT2 ? "ext2" : "cpio",
                     e.append ? "+append" : "", e.overlay ? e.overlay : "-", e.name, e.line,
                     e.tree ? " by tree" : "");
}

static void finds(const struct maps *maps, const char *md5, const char *sha256, const char *family,
                  const char *version, const char *expected)
{
    auto_free char *what = found(maps, md5, sha256, family, version, "i386");

    assert_string_equal(what, expected);
}

static void the_historical_format(void **state)
{
    struct maps *maps = read_table("# XenServer's own\n"
                                   "\n"
                                   " \t \n" MD5 " cpio el5.4 Red Hat 5.4  (i386) \r\n"
                                   "\t112233445566778899AABBCCDDEEFF00\text2  \tel4.5.gz   x\n"
                                   "   # 0 cpio x y\n"
                                   "22233445566778899aabbccddeeff001 cpio el6 #6");

    (void)state;
    finds(maps, MD5, NULL, NULL, NULL, "cpio el5.4 Red Hat 5.4  (i386):4");
    finds(maps, "112233445566778899aabbccddeeff00", NULL, "CentOS", "5", "ext2 el4.5.gz x:5");
    finds(maps, "22233445566778899AABBCCDDEEFF001", SHA256, NULL, NULL, "cpio el6 #6:7");
    finds(maps, "22233445566778899aabbccddeeff002", SHA256, NULL, NULL, "nothing");
    finds(maps, NULL, NULL, "", "", "nothing");
    maps_free(maps);
}

static void nothing_is_in_no_table(void **state)
{
    struct maps *maps = read_table("");

    (void)state;
    finds(maps, MD5, SHA256, "CentOS", "5.4", "nothing");
    maps_free(maps);
    maps_free(NULL);
}

static void the_extensions(void **state)
{
    struct maps *maps =
        read_table(SHA256 " cpio+append over.cpio sha\n" MD5 " cpio - needs nothing\n"
                          "tree:CentOS*:5.[0-4]:i?86 cpio el5.4 centos\n"
                          "tree:Red?Hat?Enterprise?Linux*:*:* cpio rhel rhel\n"
                          "tree:CentOS:*:* ext2 late late\n"
                          "tree:*:*:* cpio - all\n");

    (void)state;
    finds(maps, NULL, SHA256, NULL, NULL, "cpio+append over.cpio sha:1");
    finds(maps, MD5, SHA256, "CentOS", "5.4", "cpio+append over.cpio sha:1");
    finds(maps, MD5, NULL, "CentOS", "5.4", "cpio - needs nothing:2");
    finds(maps, NULL, NULL, "centos Linux", "5.4", "cpio el5.4 centos:3 by tree");
    finds(maps, NULL, NULL, "CentOS", "5.5", "ext2 late late:5 by tree");
    finds(maps, NULL, NULL, "Red Hat Enterprise Linux Server", "5", "cpio rhel rhel:4 by tree");
    finds(maps, NULL, NULL, NULL, NULL, "cpio - all:6 by tree");
    auto_free char *other = found(maps, NULL, NULL, "CentOS", "5.4", "x86_64");
    assert_string_equal(other, "ext2 late late:5 by tree");
    maps_free(maps);
}

static void a_fact_is_bounded(void **state)
{
    struct maps *maps = read_table("tree:a*:*:* cpio - a\n");
    char text[MAP_FACT_MAX + 2];

    (void)state;
    memset(text, 'a', sizeof text);
    text[MAP_FACT_MAX + 1] = '\0';
    finds(maps, NULL, NULL, text, "", "nothing");
    text[MAP_FACT_MAX] = '\0';
    finds(maps, NULL, NULL, text, "", "cpio - a:1 by tree");
    maps_free(maps);
}

static void what_is_refused(void **state)
{
    (void)state;
    REFUSES("x cpio o n\n", "t.map, line 1: 'x' is neither an MD5 (32 hex digits), nor a SHA-256 "
                            "(64), nor tree:FAMILY:VERSION:ARCH");
    REFUSES("\n#\n0" MD5 " cpio o n\n",
            "t.map, line 3: '0" MD5 "' is neither an MD5 (32 hex digits), nor a SHA-256 (64), nor "
            "tree:FAMILY:VERSION:ARCH");
    REFUSES(MD5, "t.map, line 1: TYPE, OVERLAY and NAME are missing (SUM TYPE OVERLAY NAME)");
    REFUSES(MD5 " cpio ", "t.map, line 1: OVERLAY and NAME are missing (SUM TYPE OVERLAY NAME)");
    REFUSES(MD5 " cpio o \n", "t.map, line 1: NAME is missing (SUM TYPE OVERLAY NAME)");
    REFUSES(MD5 " CPIO o n", "t.map, line 1: the type 'CPIO' is none of cpio, ext2, cpio+append");
    REFUSES(MD5 " ext2+append o n",
            "t.map, line 1: the type 'ext2+append' is none of cpio, ext2, cpio+append");
    REFUSES(MD5 " cpio a/b n", "t.map, line 1: the overlay 'a/b' is a path; an overlay lies in the "
                               "folder of its table and is named without one");
    REFUSES(MD5 " cpio .. n", "t.map, line 1: the overlay '..' cannot be the name of a file");
    REFUSES(MD5 " cpio o a\x1b[2J", "t.map, line 1: its NAME holds a control character");
    refused(MD5 " cpio o\0x n", strlen(MD5) + 11,
            "t.map, line 1: it holds a NUL byte: this is no table");
    for (size_t i = 0; i < 5; i++) {
        static const char *const patterns[] = {"tree:a:b", "tree:a:b:", "tree::b:c", "tree:a::c",
                                               "tree:a:b:c:d"};
        auto_free char *line = xasprintf("%s cpio - n", patterns[i]);
        auto_free char *sentence =
            xasprintf("t.map, line 1: '%s' is not tree:FAMILY:VERSION:ARCH, with neither an empty "
                      "part nor a further colon",
                      patterns[i]);
        REFUSES(line, sentence);
    }
}

static void an_overlay_name_is_bounded(void **state)
{
    char name[257];

    (void)state;
    memset(name, 'o', sizeof name);
    name[256] = '\0';
    assert_non_null(map_overlay_fault(name));
    name[255] = '\0';
    assert_null(map_overlay_fault(name));
    name[254] = '\0';
    assert_null(map_overlay_fault(name));
}

static void a_line_is_bounded(void **state)
{
    auto_free char *text = xmalloc(MAP_LINE_MAX + 3);
    struct maps *maps = maps_new();
    auto_error struct error err = ERROR_INIT;

    (void)state;
    memset(text, 'n', MAP_LINE_MAX + 2);
    memcpy(text, MD5 " cpio - ", strlen(MD5 " cpio - "));
    for (int below = 1; below >= 0; below--) {
        text[MAP_LINE_MAX - below] = '\n';
        assert_int_equal(maps_add(maps, "t.map", text, (size_t)(MAP_LINE_MAX - below) + 1, &err),
                         0);
        text[MAP_LINE_MAX - below] = 'n';
    }
    maps_free(maps);
    text[MAP_LINE_MAX + 1] = '\n';
    refused(text, MAP_LINE_MAX + 2, "t.map, line 1: it is longer than 4096 bytes");
}

static void two_lines_that_disagree(void **state)
{
    struct maps *maps = read_table("\n" MD5 " cpio a one\ntree:a:b:c cpio - t\n");
    auto_error struct error err = ERROR_INIT;
    static const char agrees[] = "00112233445566778899AABBCCDDEEFF cpio a two\n";

    (void)state;
    assert_int_equal(maps_add(maps, "u.map", agrees, strlen(agrees), &err), 0);
    finds(maps, MD5, NULL, NULL, NULL, "cpio a one:2");
    maps_free(maps);
    REFUSES(MD5 " cpio a one\n" MD5 " cpio b two\n", "t.map, line 2: it says something else of " MD5
                                                     " than t.map, line 1; remove one of the "
                                                     "two");
    static const char *const others[] = {MD5 " cpio - x", MD5 " ext2 a x", MD5 " cpio+append a x",
                                         "TREE:A:B:C cpio o t"};
    for (size_t i = 0; i < 4; i++) {
        maps = read_table(MD5 " cpio a one\ntree:a:b:c cpio - t\n");
        auto_free char *line = xstrdup(others[i]);
        if (i == 3)
            memcpy(line, "tree:", 5);
        assert_int_equal(maps_add(maps, "u.map", line, strlen(line), &err), -1);
        assert_non_null(strstr(err.text, "u.map, line 1: it says something else of"));
        assert_non_null(strstr(err.text, i == 3 ? "than t.map, line 2" : "than t.map, line 1"));
        maps_free(maps);
    }
}

static void all_lines_in_order(void **state)
{
    struct maps *maps = read_table(MD5 " cpio - one\ntree:a:b:c ext2 o two\n");
    struct map_entry entry;
    const char *sum;

    (void)state;
    assert_true(maps_entry(maps, 0, &sum, &entry));
    assert_string_equal(sum, MD5);
    assert_null(entry.overlay);
    assert_true(maps_entry(maps, 1, &sum, &entry));
    assert_string_equal(sum, "tree:a:b:c");
    assert_string_equal(entry.table, "t.map");
    assert_false(maps_entry(maps, 2, &sum, &entry));
    maps_free(maps);
}

/* COUNT different lines; the sum of line NUMBER, from 0, is NUMBER in hex. */
static char *many_lines(size_t count, size_t *length)
{
    const size_t size = strlen(MD5 " cpio - n\n");
    char *text = xmalloc(count * size + 1);

    for (size_t i = 0; i < count; i++)
        snprintf(text + i * size, size + 1, "%032zx cpio - n\n", i * 2654435761u);
    *length = count * size;
    return text;
}

static void lines_are_bounded(void **state)
{
    struct maps *maps = maps_new();
    auto_error struct error err = ERROR_INIT;
    size_t length;
    auto_free char *text = many_lines(MAP_LINES_MAX, &length);

    (void)state;
    assert_int_equal(maps_add(maps, "t.map", text, length, &err), 0);
    assert_int_equal(maps_add(maps, "u.map", "# no line\n", 10, &err), 0);
    assert_int_equal(maps_add(maps, "v.map", MD5 " cpio - n", 41, &err), -1);
    assert_string_equal(err.text,
                        "v.map, line 1: all tables together have more than 1048576 lines");
    maps_free(maps);
}

static void a_table_is_bounded(void **state)
{
    auto_free char *text = xcalloc(1, MAP_SIZE_MAX + 1);
    struct maps *maps = maps_new();

    (void)state;
    memset(text, '\n', MAP_SIZE_MAX + 1);
    assert_int_equal(maps_add(maps, "t.map", text, MAP_SIZE_MAX, NULL), 0);
    maps_free(maps);
    refused(text, MAP_SIZE_MAX + 1, "the table t.map is larger than 67108864 bytes");
}

static void a_hundred_thousand_lines_cost_little(void **state)
{
    size_t length;
    auto_free char *text = many_lines(100000, &length);
    struct timespec before, after;
    double best = 1000;

    (void)state;
    for (int i = 0; i < 5; i++) {
        struct maps *maps = maps_new();
        auto_error struct error err = ERROR_INIT;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        assert_int_equal(maps_add(maps, "t.map", text, length, &err), 0);
        finds(maps, "00000000000000000000000000000001", NULL, NULL, NULL, "nothing");
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        finds(maps, "0000000000000000000000009e3779b1", NULL, NULL, NULL, "cpio - n:2");
        double took = (double)(after.tv_sec - before.tv_sec) * 1e3 +
                      (double)(after.tv_nsec - before.tv_nsec) / 1e6;
        best = took < best ? took : best;
        maps_free(maps);
    }
    print_message("# 100,000 lines: %.1f ms\n", best);
    /* Some milliseconds; a quadratic search takes minutes. Sanitizers make five of one. */
    assert_true(best < 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_historical_format),
        cmocka_unit_test(nothing_is_in_no_table),
        cmocka_unit_test(the_extensions),
        cmocka_unit_test(a_fact_is_bounded),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(an_overlay_name_is_bounded),
        cmocka_unit_test(a_line_is_bounded),
        cmocka_unit_test(two_lines_that_disagree),
        cmocka_unit_test(all_lines_in_order),
        cmocka_unit_test(lines_are_bounded),
        cmocka_unit_test(a_table_is_bounded),
        cmocka_unit_test(a_hundred_thousand_lines_cost_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
