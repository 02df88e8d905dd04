/* Physical volumes of LVM and members of md, each field of which is changed, with the checksums put
 * right: nothing but what is inside the disks is read. The images are made by tests/images/lvm.py
 * and md.py. LONG=1 makes 20,000 changes at random instead of some hundreds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/ext_fixture.h"

#include "fsprobe/disk/lvm_text.h"
#include "tests/unit/damage.h"
#include "tests/unit/volumes_run.h"

#define HEAD  (64 * 1024) /* bytes of a disk that are looked at */
#define DISKS 2
#define SIZE  (4 * 1024 * 1024)

struct image {
    unsigned char head[DISKS][HEAD], tail[DISKS][4096];
    struct run_disk disks[DISKS];
    uint64_t tail_at;
};

/* The tree's folder, whatever the working directory became. */
static char scripts[4096];

static void script(const char *name, const char *const *words)
{
    auto_free char *path = xasprintf("%s/%s", scripts, name);
    const char *argv[32] = {"python3", path};
    size_t count = 2;

    while (*words)
        argv[count++] = *words++;
    assert_int_equal(spawn(argv), 0);
}

/* What the script NAME makes of two empty disks; their ends begin at TAIL_AT. */
static struct image *load(const char *name, const char *const *words, uint64_t tail_at)
{
    struct image *image = xcalloc(1, sizeof *image);
    static const char *const files[DISKS] = {"a", "b"};

    for (size_t i = 0; i < DISKS; i++) {
        auto_fd int fd = open(files[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_int_equal(ftruncate(fd, SIZE), 0);
    }
    put_bytes("data", "data", 4, 0);
    script(name, words);
    for (size_t i = 0; i < DISKS; i++) {
        auto_fd int fd = open(files[i], O_RDONLY | O_CLOEXEC);
        assert_int_equal(pread_all(fd, image->head[i], HEAD, 0), HEAD);
        assert_true(pread_all(fd, image->tail[i], 4096, (off_t)tail_at) > 0);
        image->disks[i] = (struct run_disk){.source.size = SIZE,
                                            .bytes = image->head[i],
                                            .length = HEAD,
                                            .more = image->tail[i],
                                            .more_length = tail_at ? 4096 : 0,
                                            .more_at = tail_at};
    }
    image->tail_at = tail_at;
    return image;
}

static void mend_lvm_of(void *image, size_t at)
{
    (void)at;
    mend_lvm(((struct image *)image)->head[0], HEAD);
}
static void mend_new(void *image, size_t at)
{
    (void)at;
    mend_md(((struct image *)image)->head[0] + 4096, false);
}
static void mend_old(void *image, size_t at)
{
    (void)at;
    mend_md(((struct image *)image)->tail[0], true);
}

static void look(void *image)
{
    (void)run_volumes(((struct image *)image)->disks, DISKS);
}

static void check_mended(struct image *image)
{
    assert_int_equal(run_volumes(image->disks, DISKS), 1);
}

static void lvm_with(const char *lv)
{
    struct image *image =
        load("lvm.py", (const char *const[]){"a", "b", ":", lv, "=", "boot", "data", NULL}, 0);
    size_t length = get_le64(image->head[0] + LVM_AREA_AT + 48);

    assert_true(LVM_AREA_AT + 512 + length < HEAD);
    const struct damage damage = {
        .bytes = image->head[0], .mend = mend_lvm_of, .look = look, .context = image};
    damage_fields(&damage, (struct damage_place){LVM_LABEL_AT, 120}, 4);
    damage_fields(&damage, (struct damage_place){LVM_LABEL_AT + 32, 88}, 8);
    damage_fields(&damage, (struct damage_place){LVM_AREA_AT, 64}, 4);
    damage_fields(&damage, (struct damage_place){LVM_AREA_AT, 64}, 8);
    check_mended(image);
    damage_at_random(&damage, &(struct damage_place){LVM_AREA_AT + 512, length}, 1);
    check_mended(image);
    free(image);
}
static void lvm_linear(void **state)
{
    (void)state;
    lvm_with("boot,linear,5,4,3");
}
static void lvm_striped(void **state)
{
    (void)state;
    lvm_with("boot,striped,8,2,16");
}
static void lvm_raid1(void **state)
{
    (void)state;
    lvm_with("boot,raid1,8,2");
}
static void lvm_raid10(void **state)
{
    (void)state;
    lvm_with("boot,raid10,8,4,16");
}
static void lvm_cache(void **state)
{
    (void)state;
    lvm_with("boot,cache,8,writethrough");
}

static void md_with(const char *version, const char *level, const char *chunk)
{
    bool old = strcmp(version, "0.90") == 0;
    struct image *image =
        load("md.py", (const char *const[]){version, level, chunk, "data", "a", "b", NULL},
             old ? SIZE - 65536 : 0);
    unsigned char *bytes = old ? image->tail[0] : image->head[0] + 4096;
    const struct damage damage = {
        .bytes = bytes, .mend = old ? mend_old : mend_new, .look = look, .context = image};

    damage_fields(&damage, (struct damage_place){0, old ? 1024 : 264}, 4);
    damage_fields(&damage, (struct damage_place){0, 264}, 8);
    if (!old)
        damage_fields(&damage, (struct damage_place){256, 4}, 2);
    check_mended(image);
    damage_at_random(&damage, &(struct damage_place){0, old ? 4096 : 264}, 1);
    check_mended(image);
    free(image);
}
static void md_mirror(void **state)
{
    (void)state;
    md_with("1.2", "raid1", "0");
}
static void md_stripes(void **state)
{
    (void)state;
    md_with("1.2", "raid0", "16");
}
static void md_copies(void **state)
{
    (void)state;
    md_with("1.2", "raid10", "16");
}
static void md_linear(void **state)
{
    (void)state;
    md_with("1.2", "linear", "0");
}
static void md_old_mirror(void **state)
{
    (void)state;
    md_with("0.90", "raid1", "0");
}
static void md_old_stripes(void **state)
{
    (void)state;
    md_with("0.90", "raid0", "16");
}

/* --- the text of LVM's metadata ------------------------------------------------------------- */

static void check_text(const char *bytes, size_t length, const char *why, int line)
{
    auto_lvm_text struct lvm_text text = {.used = 0};
    auto_error struct error err = ERROR_INIT;
    int result = lvm_text_parse(bytes, length, &text, &err);

    if (why ? result == 0 || !strstr(err.text, why) : result < 0)
        fail_msg("line %d: %d, %s", line, result, err.text);
}
#define good_text(bytes)     check_text(bytes, strlen(bytes), NULL, __LINE__)
#define bad_text(bytes, why) check_text(bytes, strlen(bytes), why, __LINE__)

static void texts(void **state)
{
    (void)state;
    good_text("");
    good_text("# only a comment");
    good_text("a=1 b = \"x\" c=[1,\"y\" 2] d{e=0.5 f=-1}\n");
    bad_text("a", "line 1 of its metadata: there is neither = nor {");
    bad_text("\n\n=1", "line 3 of its metadata: there is no name");
    bad_text("a =", "a value is missing");
    bad_text("a = ,", "there is no value");
    bad_text("a = \"x", "a text has no end");
    bad_text("a = \"x\\\"", "a text has no end");
    bad_text("a = [1", "a list has no end");
    bad_text("a = [1 [2]]", "there is no value");
    bad_text("a {", "a section has no end");
    bad_text("}", "a bracket closes nothing");
    good_text("a{b{c{d{e{f{g{h{}}}}}}}}");
    bad_text("a{b{c{d{e{f{g{h{i{}}}}}}}}}", "too many sections");
}

static void values_of_a_text(void **state)
{
    static const char bytes[] = "a = 18446744073709551615\nb = 18446744073709551616\nc = 7\n"
                                "d = \"q\\\"\\\\\" l = [\"x\", 1] s { c = 8 }";
    auto_lvm_text struct lvm_text text = {.used = 0};
    auto_error struct error err = ERROR_INIT;
    uint64_t number = 0;

    (void)state;
    assert_int_equal(lvm_text_parse(bytes, sizeof bytes - 1, &text, &err), 0);
    assert_true(lvm_number(text.first, "c", 7, 7, &number) && number == 7);
    assert_false(lvm_number(text.first, "c", 8, 9, &number));
    assert_false(lvm_number(text.first, "c", 5, 6, &number));
    assert_false(lvm_number(text.first, "b", 0, UINT64_MAX - 1, &number));
    assert_false(lvm_number(text.first, "d", 0, UINT64_MAX, &number));
    assert_string_equal(lvm_string(text.first, "d"), "q\"\\");
    assert_null(lvm_string(text.first, "c"));
    assert_true(lvm_has(text.first, "l", "x"));
    assert_false(lvm_has(text.first, "l", "1"));
    assert_non_null(lvm_find(text.first, "s", LVM_SECTION));
    assert_null(lvm_find(text.first, "s", LVM_LIST));
}

/* HEAD, then PART so often that the whole has LENGTH bytes, then TAIL. */
static void check_long(const char *head, const char *part, size_t count, const char *tail,
                       const char *why, int line)
{
    auto_buffer struct buffer text = BUFFER_INIT(4 * LVM_TEXT_MAX);

    assert_true(buffer_add_text(&text, head));
    for (size_t i = 0; i < count; i++)
        assert_true(buffer_add_text(&text, part));
    assert_true(buffer_add_text(&text, tail));
    check_text(buffer_text(&text), text.length, why, line);
}

static void limits_of_a_text(void **state)
{
    (void)state;
    check_long("#", "x", LVM_TEXT_MAX - 1, "", NULL, __LINE__);
    check_long("#", "x", LVM_TEXT_MAX, "", "have more than", __LINE__);
    check_long("", "x", LVM_NAME_MAX, "=1", NULL, __LINE__);
    check_long("", "x", LVM_NAME_MAX + 1, "=1", "a name is longer", __LINE__);
    check_long("", "a=1\n", LVM_NODES_MAX, "", NULL, __LINE__);
    check_long("", "a=1\n", LVM_NODES_MAX + 1, "", "more than anything has", __LINE__);
    check_long("a=[", "1,", LVM_NODES_MAX - 1, "]", NULL, __LINE__);
    check_long("a=[", "1,", LVM_NODES_MAX, "]", "more than anything has", __LINE__);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lvm_linear),
        TEST(lvm_striped),
        TEST(lvm_raid1),
        TEST(lvm_raid10),
        TEST(lvm_cache),
        TEST(md_mirror),
        TEST(md_stripes),
        TEST(md_copies),
        TEST(md_linear),
        TEST(md_old_mirror),
        TEST(md_old_stripes),
        cmocka_unit_test(texts),
        cmocka_unit_test(values_of_a_text),
        cmocka_unit_test(limits_of_a_text),
    };

    if (!realpath("tests/images", scripts))
        return 99;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
