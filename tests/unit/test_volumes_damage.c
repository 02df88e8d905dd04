/* Physical volumes of LVM and members of md, each field of which is changed, with the checksums put
 * right: nothing but what is inside the disks is read. The images are made by tests/images/lvm.py
 * and md.py. LONG=1 makes 20,000 changes at random instead of some hundreds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/ext_fixture.h"

#include "fsprobe/disk/lvm_text.h"
#include "tests/unit/volumes_run.h"

#define HEAD         (64 * 1024) /* bytes of a disk that are looked at */
#define DISKS        2
#define SIZE         (4 * 1024 * 1024)
#define RANDOM_CASES 500
#define LONG_CASES   20000

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

struct target {
    unsigned char *bytes; /* what is changed */
    void (*mend)(struct image *image);
};

static void mend_lvm_of(struct image *image)
{
    mend_lvm(image->head[0], HEAD);
}
static void mend_new(struct image *image)
{
    mend_md(image->head[0] + 4096, false);
}
static void mend_old(struct image *image)
{
    mend_md(image->tail[0], true);
}

static uint64_t field(const unsigned char *bytes, unsigned width)
{
    return width == 8 ? get_le64(bytes) : width == 4 ? get_le32(bytes) : get_le16(bytes);
}

static void set_field(unsigned char *bytes, unsigned width, uint64_t value)
{
    value = htole64(value);
    memcpy(bytes, &value, width);
}

/* Each field of WIDTH bytes from the FIRST up to END. */
static void damage(struct image *image, unsigned char *bytes, size_t first, size_t end,
                   unsigned width, void (*mend)(struct image *image))
{
    for (size_t at = first; at + width <= end; at += width) {
        uint64_t is = field(bytes + at, width);
        const uint64_t values[] = {0,      1,      UINT64_MAX,
                                   is + 1, is - 1, is ^ (uint64_t)1 << (8 * width - 1)};
        for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
            set_field(bytes + at, width, values[i]);
            mend(image);
            (void)run_volumes(image->disks, DISKS);
        }
        set_field(bytes + at, width, is);
    }
    mend(image);
    assert_int_equal(run_volumes(image->disks, DISKS), 1);
}

static void at_random(struct image *image, unsigned char *bytes, size_t length,
                      void (*mend)(struct image *image))
{
    unsigned count = getenv("LONG") ? LONG_CASES : RANDOM_CASES;
    uint32_t state = 1;

    for (unsigned n = 0; n < count; n++) {
        unsigned char kept[4];
        size_t at[4];
        for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
            state = state * 1664525 + 1013904223;
            at[i] = state % length;
            kept[i] = bytes[at[i]];
            bytes[at[i]] = (unsigned char)(state >> 24);
        }
        mend(image);
        (void)run_volumes(image->disks, DISKS);
        for (size_t i = ARRAY_SIZE(at); i-- > 0;)
            bytes[at[i]] = kept[i];
    }
    mend(image);
    assert_int_equal(run_volumes(image->disks, DISKS), 1);
}

static void lvm_with(const char *lv)
{
    struct image *image =
        load("lvm.py", (const char *const[]){"a", "b", ":", lv, "=", "boot", "data", NULL}, 0);
    size_t length = get_le64(image->head[0] + LVM_AREA_AT + 48);

    assert_true(LVM_AREA_AT + 512 + length < HEAD);
    damage(image, image->head[0], LVM_LABEL_AT, LVM_LABEL_AT + 120, 4, mend_lvm_of);
    damage(image, image->head[0], LVM_LABEL_AT + 32, LVM_LABEL_AT + 120, 8, mend_lvm_of);
    damage(image, image->head[0], LVM_AREA_AT, LVM_AREA_AT + 64, 4, mend_lvm_of);
    damage(image, image->head[0], LVM_AREA_AT, LVM_AREA_AT + 64, 8, mend_lvm_of);
    at_random(image, image->head[0] + LVM_AREA_AT + 512, length, mend_lvm_of);
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
    void (*mend)(struct image * image) = old ? mend_old : mend_new;

    damage(image, bytes, 0, old ? 1024 : 264, 4, mend);
    damage(image, bytes, 0, 264, 8, mend);
    if (!old)
        damage(image, bytes, 256, 260, 2, mend);
    at_random(image, bytes, old ? 4096 : 264, mend);
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
