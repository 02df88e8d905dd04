/* xl.cfg and its disks, as libxlu reads them: it is the judge, where it is there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "loader/check/xl_config.h"
#include "loader/check/xl_disk.h"
#include "tests/unit/sanitized.h"

/* --- the judge --------------------------------------------------------------------------- */

/* libxlutil of one version, whose struct libxl_device_disk (tools/libs/light/libxl_types.idl) is
 * known here as far as it is looked at. */
#define LIBRARY "libxlutil.so.4.17"
struct judged_disk {
    uint32_t backend_domid;
    char *backend_domname, *target, *vdev;
    int backend, format;
    char *script;
    int removable, writable, cdrom;
    char rest[512];
};
static struct {
    void *library;
    FILE *nowhere;
    void *(*init)(FILE *report, const char *name);
    int (*read)(void *config, const char *data, int length);
    void (*destroy)(void *config);
    int (*text)(const void *config, const char *name, const char **value, int quiet);
    int (*list)(const void *config, const char *name, void **list, int *count, int quiet);
    const char *(*item)(const void *list, int index);
    int (*disk)(void *config, int count, const char *const *specs, struct judged_disk *disk);
} judge;

/* False where it is not there; and under sanitizers, which find its own leaks. */
static bool has_judge(void)
{
    if (judge.library || SANITIZED)
        return judge.library;
    judge.library = dlopen(LIBRARY, RTLD_NOW);
    if (!judge.library)
        return false;
    judge.nowhere = fopen("/dev/null", "w");
    *(void **)&judge.init = dlsym(judge.library, "xlu_cfg_init");
    *(void **)&judge.read = dlsym(judge.library, "xlu_cfg_readdata");
    *(void **)&judge.destroy = dlsym(judge.library, "xlu_cfg_destroy");
    *(void **)&judge.text = dlsym(judge.library, "xlu_cfg_get_string");
    *(void **)&judge.list = dlsym(judge.library, "xlu_cfg_get_list");
    *(void **)&judge.item = dlsym(judge.library, "xlu_cfg_get_listitem");
    *(void **)&judge.disk = dlsym(judge.library, "xlu_disk_parse");
    return true;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether both have the same as NAME. */
static void compare(void *config, const struct xl_config *ours, const char *name)
{
    const struct xl_setting *setting = xl_config_find(ours, name);
    const char *text = NULL;
    void *list = NULL;
    int count = 0;

    if (judge.text(config, name, &text, 1) == 0) {
        assert_true(setting && !setting->list);
        assert_string_equal(setting->values[0], text);
    } else if (judge.list(config, name, &list, &count, 1) == 0) {
        assert_true(setting && setting->list && setting->count == (size_t)count);
        for (int i = 0; i < count; i++)
            assert_true(same(setting->values[i], judge.item(list, i)));
    } else {
        assert_null(setting);
    }
}

/* Whether the judge reads TEXT as we do. What it does with characters by their number is a mistake
 * of its own, and not looked at. */
static void judge_text(const char *text, bool ours_good, const struct xl_config *ours)
{
    if (!has_judge() || (strchr(text, '\\') && strpbrk(text, "x01234567")))
        return;
    void *config = judge.init(judge.nowhere, "x.cfg");
    bool good = judge.read(config, text, (int)strlen(text)) == 0;
    if (good != ours_good)
        fprintf(stderr, "# libxlu: %d, ours: %d: %s\n", good, ours_good, text);
    assert_int_equal(good, ours_good);
    if (good) {
        compare(config, ours, "a");
        compare(config, ours, "b");
    }
    judge.destroy(config);
}

/* --- the language ------------------------------------------------------------------------ */

/* Its value of "a" as text, a list's values with '|' behind each; or the error behind '!'. */
static char *reads(const char *text)
{
    auto_xl_config struct xl_config config = {.settings = NULL};
    auto_error struct error err = ERROR_INIT;
    auto_buffer struct buffer shown = BUFFER_INIT(1 << 20);
    bool good = xl_config_parse(text, strlen(text), "x.cfg", &config, &err) == 0;
    const struct xl_setting *setting = xl_config_find(&config, "a");

    judge_text(text, good, &config);
    if (!good)
        return xasprintf("!%s", err.text);
    for (size_t i = 0; setting && i < setting->count; i++)
        (void)buffer_addf(&shown, "%s%s", setting->values[i] ? setting->values[i] : "(list)",
                          setting->list ? "|" : "");
    return xstrdup(setting ? buffer_text(&shown) : "(none)");
}

static void check(const char *text, const char *wanted, int line)
{
    auto_free char *got = reads(text);

    if (strncmp(got, wanted, wanted[0] == '!' ? strlen(wanted) : strlen(got) + 1) != 0)
        fail_msg("line %d: %s is read as %s, not as %s", line, text, got, wanted);
}
#define CHECK(text, wanted) check(text, wanted, __LINE__)

static void test_values(void **state)
{
    (void)state;
    CHECK("a=1\n", "1");
    CHECK("a = 'x'", "x");
    CHECK("a=\"it's\"\n", "it's");
    CHECK("a='\\a\\b\\f\\n\\r\\t\\v\\'\\\"\\\\'\n", "\a\b\f\n\r\t\v'\"\\");
    CHECK("a=fx\na=12fx\n", "!x.cfg, line 1: a text in quotes, a number or a list is missing");
    CHECK("a=12fx\n", "12fx");
    CHECK("a=''", "");
    CHECK("b=1;a=2 # two\n", "2");
    CHECK("# one\n;;\n\n\ta=1\n", "1");
    CHECK("a='x'\na='y'\n", "y");
    CHECK("a='x'\na+='y'\n", "xy");
    CHECK("a+='x'", "x");
    CHECK("a=['x',\n#c\n\"y\" , 3,]\n", "x|y|3|");
    CHECK("a=[\n\n1\n,\n2\n]", "1|2|");
    CHECK("a=[]\na+=['x']", "x|");
    CHECK("a=[[1,[]],3]", "(list)|3|");
    CHECK("a1=1", "(none)");
    CHECK("", "(none)");
    CHECK("a='\303\244'\n", "\303\244");
}

static void test_mistakes(void **state)
{
    (void)state;
    CHECK("a='x\n'", "!x.cfg, line 1: a text lacks its second quote");
    CHECK("\na='x", "!x.cfg, line 2: a text lacks");
    CHECK("a='x\\'", "!x.cfg, line 1: a text lacks");
    CHECK("a='x\\\n'", "!x.cfg, line 1: a text lacks");
    CHECK("a='\\q'\n", "!x.cfg, line 1: a backslash before a character that needs none");
    CHECK("a='\\x41'\n", "!x.cfg, line 1: a character by its number");
    CHECK("a='\\101'\n", "!x.cfg, line 1: a character by its number");
    CHECK("a=x\n", "!x.cfg, line 1: a text in quotes, a number or a list is missing, at 'x'");
    CHECK("a=\n", "!x.cfg, line 1: a text in quotes, a number or a list is missing, and the line");
    CHECK("a", "!x.cfg, line 1: '=' is missing behind the name of a setting, and the file ends");
    CHECK("A=1", "!x.cfg, line 1: this character may not stand here");
    CHECK("a=1\r\n", "!x.cfg, line 1: lines end as those of Windows do");
    CHECK("a=-1", "!x.cfg, line 1: this character");
    CHECK("a=1 b=2", "!x.cfg, line 1: a setting ends with its line");
    CHECK("a=1,b=2", "!x.cfg, line 1: a setting ends");
    CHECK("a='x' #c", "!x.cfg, line 1: a comment on the last line needs a newline");
    CHECK("a=[1 2]", "!x.cfg, line 1: a list lacks a comma");
    CHECK("a=[,]", "!x.cfg, line 1: a text in quotes");
    CHECK("a=[1\n\n", "!x.cfg, line 3: a list lacks a comma or its ']', and the file ends");
    CHECK("a=[1]\na+='x'\n", "!x.cfg, line 2: a is a list, to which a text cannot be added");
    CHECK("a='''x'''", "!x.cfg, line 1: a setting ends");
    CHECK("a='x'\n1=2\n", "!x.cfg, line 2: the name of a setting is missing");
    CHECK("a+ =1", "!x.cfg, line 1: this character");
}

/* COUNT times TEXT between FIRST and LAST. The caller frees. */
static char *many(const char *first, const char *text, size_t count, const char *last)
{
    struct buffer all = BUFFER_INIT(4 << 20);

    (void)buffer_add_text(&all, first);
    for (size_t i = 0; i < count; i++)
        (void)buffer_add_text(&all, text);
    (void)buffer_add_text(&all, last);
    return buffer_take(&all);
}

/* Whether it is read: the judge has no such bounds. */
static bool fits(char *text)
{
    auto_xl_config struct xl_config config = {.settings = NULL};
    auto_error struct error err = ERROR_INIT;
    bool good = xl_config_parse(text, strlen(text), "x.cfg", &config, &err) == 0;

    free(text);
    return good;
}

static char *settings(size_t count)
{
    struct buffer all = BUFFER_INIT(4 << 20);

    for (size_t i = 0; i < count; i++)
        (void)buffer_addf(&all, "a%zu=1\n", i);
    return buffer_take(&all);
}

static void test_bounds(void **state)
{
    (void)state;
    assert_true(fits(many("a=[", "1,", XL_CONFIG_VALUES_MAX, "]")));
    assert_false(fits(many("a=[", "1,", XL_CONFIG_VALUES_MAX + 1, "]")));
    assert_false(fits(many("a=[1]\na+=[", "1,", XL_CONFIG_VALUES_MAX, "]")));
    assert_true(fits(many("a=", "[", XL_CONFIG_DEPTH_MAX, "]]]]]]]]")));
    assert_false(fits(many("a=", "[", XL_CONFIG_DEPTH_MAX + 1, "]]]]]]]]]")));
    assert_true(fits(settings(XL_CONFIG_SETTINGS_MAX)));
    assert_false(fits(settings(XL_CONFIG_SETTINGS_MAX + 1)));
    assert_true(fits(many("", "\n", XL_CONFIG_SIZE_MAX, "")));
    assert_false(fits(many("", "\n", XL_CONFIG_SIZE_MAX + 1, "")));
}

/* Texts of the language's own pieces in every order, as many as take half a second. */
static void test_pieces(void **state)
{
    static const char *const pieces[] = {"a",  "b",   "=",  "+=", "[", "]",    ",",   ";",  "\n",
                                         "1f", "'x'", "\"", "'",  " ", "#c\n", "\\n", "''", "_"};
    (void)state;
    for (unsigned n = 0; n < 20000; n++) {
        struct buffer text = BUFFER_INIT(1024);
        unsigned random = n * 2654435761u;
        for (unsigned i = 0; i < 3 + n % 9; i++) {
            random = random * 1664525u + 1013904223u;
            (void)buffer_add_text(&text, pieces[(random >> 16) % ARRAY_SIZE(pieces)]);
        }
        /* With an end of the line: a single character that may not stand at the end of the file is
         * lost on libxlu. */
        auto_free char *all = xasprintf("%s%s\n", n % 2 ? "a=" : "", buffer_text(&text));
        auto_free char *got = reads(all);
        assert_non_null(got);
        buffer_free(&text);
    }
}

/* --- disks ------------------------------------------------------------------------------- */

static const char *const judged_formats[] = {"", "qcow", "qcow2", "vhd", "raw", "empty", "qed"};

static void judge_disk(const char *text, bool ours_good, const struct xl_disk *ours)
{
    struct judged_disk disk = {.writable = 0};

    /* A single character at the end that may not stand there is lost on it. */
    if (!has_judge() || text_ends(text, "="))
        return;
    void *config = judge.init(judge.nowhere, "x.cfg");
    bool good = judge.disk(config, 1, &text, &disk) == 0;
    if (good != ours_good)
        fprintf(stderr, "# libxlu: %d, ours: %d: %s\n", good, ours_good, text);
    assert_int_equal(good, ours_good);
    if (good) {
        assert_true(same(disk.target, ours->target) && same(disk.vdev, ours->vdev) &&
                    same(disk.script, ours->script));
        assert_string_equal(judged_formats[disk.format], ours->format);
        assert_int_equal(disk.writable, ours->writable);
        assert_int_equal(disk.cdrom, ours->cdrom);
    }
    judge.destroy(config);
}

/* "TARGET VDEV FORMAT" and what else there is; or the error behind '!'. */
static char *reads_disk(const char *text)
{
    auto_xl_disk struct xl_disk disk = {.target = NULL};
    auto_error struct error err = ERROR_INIT;
    bool good = xl_disk_parse(text, &disk, &err) == 0;

    judge_disk(text, good, &disk);
    if (!good)
        return xasprintf("!%s", err.text);
    return xasprintf("%s %s %s%s%s%s%s", disk.target ? disk.target : "-", disk.vdev, disk.format,
                     disk.writable ? " rw" : "", disk.cdrom ? " cdrom" : "", disk.script ? " " : "",
                     disk.script ? disk.script : "");
}

static void check_disk(const char *text, const char *wanted, int line)
{
    auto_free char *got = reads_disk(text);

    if (strncmp(got, wanted, wanted[0] == '!' ? strlen(wanted) : strlen(got) + 1) != 0)
        fail_msg("line %d: %s is read as %s, not as %s", line, text, got, wanted);
}
#define CHECK_DISK(text, wanted) check_disk(text, wanted, __LINE__)

static void test_disks(void **state)
{
    (void)state;
    CHECK_DISK("/d,raw,xvda,rw", "/d xvda raw rw");
    CHECK_DISK("/d,,xvda", "/d xvda raw rw");
    CHECK_DISK(" /d , qcow2, xvda,r", "/d  xvda qcow2");
    CHECK_DISK("/d,qcow2,xvda,ro", "/d xvda qcow2");
    CHECK_DISK("vdev=xvda,access=rw,format=raw,target=/a,b=c", "/a,b=c xvda raw rw");
    CHECK_DISK("vdev=xvda, target=/d,", "/d xvda raw rw");
    CHECK_DISK("phy:/dev/vg/lv,xvda,w", "/dev/vg/lv xvda raw rw");
    CHECK_DISK("phy:vg/lv,xvda,w", "vg/lv xvda raw rw");
    CHECK_DISK("file:/d,hda1,r", "/d hda1 raw");
    CHECK_DISK("tap:aio:/d,xvda,w", "/d xvda raw rw");
    CHECK_DISK("tap:qcow2:/d,xvda,w", "/d xvda qcow2 rw");
    CHECK_DISK("tap2:tapdisk:vhd:/d,xvda,w", "/d xvda vhd rw");
    CHECK_DISK("iscsi:t,xvda,w", "t xvda raw rw block-iscsi");
    CHECK_DISK("/c.iso,,hdc,cdrom", "/c.iso hdc raw cdrom");
    CHECK_DISK("/c.iso,,hdc:cdrom,r", "/c.iso hdc raw cdrom");
    CHECK_DISK(",hdc:cdrom", " hdc empty cdrom");
    CHECK_DISK(",,hdc,,cdrom", " hdc empty cdrom");
    CHECK_DISK("vdev=hdc,devtype=cdrom", "- hdc empty cdrom");
    CHECK_DISK("/d,raw,xvda,w,discard,backendtype=qdisk", "/d xvda raw rw");
    CHECK_DISK("vdev=xvda,script=block-x,target=t", "t xvda raw rw block-x");
    CHECK_DISK("foo:/d,xvda,w", "!the disk 'foo:/d,xvda,w': 'foo:' is not known before a target");
    CHECK_DISK("/d,raw,xvda,w,x", "!the disk '/d,raw,xvda,w,x': there are too many parameters");
    CHECK_DISK("/d,vmdk,xvda", "!the disk '/d,vmdk,xvda': 'vmdk' is not known as format");
    CHECK_DISK("/d,raw,xvda,x", "!the disk '/d,raw,xvda,x': 'x' is not known as access");
    CHECK_DISK("/d,raw", "!the disk '/d,raw' has no vdev");
    CHECK_DISK("vdev=xvda", "!the disk 'vdev=xvda' has no target");
    CHECK_DISK("vdev=xvda,foo=b,target=/d", "!the disk 'vdev=xvda,foo=b,target=/d': 'foo=b' is no");
    CHECK_DISK("vdev=xvda,vdev=xvdb,target=/d", "!the disk ");
    CHECK_DISK("format=raw,format=vhd,vdev=a,target=/d", "!the disk ");
    CHECK_DISK("", "!the disk '' has no vdev");
}

static void test_disk_pieces(void **state)
{
    static const char *const pieces[] = {
        ",",       ",",       "/d",         "raw",     "qcow2",          "xvda",    "w",
        "ro",      "cdrom",   "vdev=",      "a",       "format=",        "target=", "phy:",
        "file:",   "tap:",    "hdc:cdrom",  "access=", "devtype=",       "x:",      " ",
        "script=", "discard", "colo-host=", "disk",    "backendtype=phy"};
    (void)state;
    for (unsigned n = 0; n < 20000; n++) {
        struct buffer text = BUFFER_INIT(1024);
        unsigned random = n * 2654435761u;
        for (unsigned i = 0; i < 2 + n % 9; i++) {
            random = random * 1664525u + 1013904223u;
            (void)buffer_add_text(&text, pieces[(random >> 16) % ARRAY_SIZE(pieces)]);
        }
        auto_free char *got = reads_disk(buffer_text(&text));
        assert_non_null(got);
        buffer_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_bounds), cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_disks),  cmocka_unit_test(test_disk_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
