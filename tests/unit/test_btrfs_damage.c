/* The reader of Btrfs on damaged filesystems: each field of a superblock, of the chunks in it, of
 * nodes and of items is set to values that hurt, and its checksum made right again. Whatever the
 * reader is asked then, it answers or says why not, within its bounds.
 *
 * Some hundreds of the changes are made each time; with LONG in the environment all of them, and
 * then thousands of two at a time by chance. BTRFS_DAMAGE=NUMBER makes so many.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/bytes.h"
#include "fsprobe/fs/btrfs/node.h"
#include "tests/unit/btrfs_fixture.h"
#include "tests/unit/btrfs_walk.h"
#include "tests/unit/damage.h"

#define IMAGE_SIZE (UINT64_C(160) * 1024 * 1024)
#define NODE       16384
#define SUPER      4096
#define SUPER_AT   65536
#define BLOCKS_MAX 64
#define FIELDS_MAX 20000
#define USUAL      600 /* changes */
#define VALUES     6

struct field {
    uint32_t block; /* of struct image */
    uint16_t at;
    uint8_t size;
};

struct image {
    unsigned char *bytes; /* a private copy of the file, IMAGE_SIZE */
    struct {
        unsigned char *bytes;
        size_t size;
    } blocks[BLOCKS_MAX];
    unsigned block_count;
    struct field *fields; /* FIELDS_MAX */
    size_t field_count;
};

static void add(struct image *image, size_t at, size_t size)
{
    if (image->field_count < FIELDS_MAX && at + size <= image->blocks[image->block_count - 1].size)
        image->fields[image->field_count++] =
            (struct field){image->block_count - 1, (uint16_t)at, (uint8_t)size};
}

/* SIZES: of the fields one behind the other from AT on, a digit each; those in brackets are bytes
 * that are passed over: "8[16]4". */
static void add_all(struct image *image, size_t at, const char *sizes)
{
    for (; *sizes; sizes++) {
        size_t size = (size_t)(*sizes - '0');
        if (*sizes == '[') {
            char *end;
            at += strtoul(sizes + 1, &end, 10);
            sizes = end;
            continue;
        }
        add(image, at, size);
        at += size;
    }
}

#define KEY "818"
static const char super_fields[] = "[32]8[8]8888888888888888444448888211111888444888411";

static void add_chunk(struct image *image, const unsigned char *block, size_t at)
{
    unsigned stripes = get_le16(block + at + 44);

    add_all(image, at, "888844422");
    for (unsigned i = 0; i < stripes; i++)
        add_all(image, at + 48 + 32 * i, "888");
}

static void add_item(struct image *image, const unsigned char *block, size_t at, unsigned type)
{
    switch (type) {
    case BTRFS_INODE_ITEM:
        add_all(image, at, "888884444888");
        break;
    case BTRFS_INODE_REF:
        add_all(image, at, "821");
        break;
    case BTRFS_DIR_ITEM:
    case BTRFS_DIR_INDEX:
        add_all(image, at, KEY "8221111");
        break;
    case BTRFS_EXTENT_DATA:
        add_all(image, at, block[at + 20] == 0 ? "881121" : "8811218888");
        break;
    case BTRFS_ROOT_ITEM:
        add_all(image, at + 160, "88888884" KEY "118");
        break;
    case BTRFS_CHUNK_ITEM:
        add_chunk(image, block, at);
        break;
    default:
        break;
    }
}

static void add_node(struct image *image, const unsigned char *node)
{
    unsigned count = btrfs_node_count(node), level = node[100];

    add_all(image, 32, "88888888841");
    for (unsigned i = 0; i < count; i++) {
        const size_t size = level ? BTRFS_POINTER_SIZE : BTRFS_ITEM_SIZE;
        size_t at = BTRFS_NODE_HEADER + i * size;
        add_all(image, at, level ? KEY "88" : KEY "44");
        if (level == 0)
            add_item(image, node, BTRFS_NODE_HEADER + get_le32(node + at + BTRFS_KEY_SIZE),
                     node[at + 8]);
    }
}

static void add_super(struct image *image, const unsigned char *super)
{
    size_t end = 811 + get_le32(super + 160);

    add_all(image, 0, super_fields);
    for (size_t at = 811; at < end;
         at += BTRFS_KEY_SIZE + 48 + 32 * get_le16(super + at + 17 + 44)) {
        add_all(image, at, KEY);
        add_chunk(image, super, at + BTRFS_KEY_SIZE);
    }
}

/* The superblock and every node that is there, the trees that nobody reads left out. */
static void find_blocks(struct image *image)
{
    const unsigned char *fsid = image->bytes + SUPER_AT + 32;

    for (size_t at = SUPER_AT; at < IMAGE_SIZE; at += SUPER) {
        unsigned char *bytes = image->bytes + at;
        uint64_t owner = get_le64(bytes + 88);
        bool super = at == SUPER_AT;
        if (memcmp(bytes + 32, fsid, BTRFS_UUID_SIZE) != 0 || image->block_count == BLOCKS_MAX ||
            (!super && owner != 1 && owner != 3 && owner != 5) ||
            (!super && memcmp(bytes + 64, "_BHRfS_M", 8) == 0))
            continue;
        image->blocks[image->block_count].bytes = bytes;
        image->blocks[image->block_count++].size = super ? SUPER : NODE;
        if (super)
            add_super(image, bytes);
        else
            add_node(image, bytes);
    }
}

static void put_value(unsigned char *at, size_t size, unsigned kind)
{
    uint64_t old = 0, value;

    memcpy(&old, at, size);
    old = le64toh(old);
    value = kind == 0   ? 0
            : kind == 1 ? 1
            : kind == 2 ? UINT64_MAX
            : kind == 3 ? old - 1
            : kind == 4 ? old + 1
                        : old ^ (UINT64_C(1) << (8 * size - 1));
    value = htole64(value);
    memcpy(at, &value, size);
}

struct undo {
    unsigned char *at;
    size_t size;
    unsigned char bytes[NODE];
};

static void change(struct image *image, const struct field *field, unsigned kind, struct undo *undo)
{
    unsigned char *bytes = image->blocks[field->block].bytes;

    undo->at = bytes;
    undo->size = image->blocks[field->block].size;
    memcpy(undo->bytes, bytes, undo->size);
    put_value(bytes + field->at, field->size, kind);
    btrfs_mend(bytes, undo->size);
}

static void load(struct image *image)
{
    auto_fd int fd = open("dev1", O_RDONLY | O_CLOEXEC);

    image->bytes = mmap(NULL, IMAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    assert_true(image->bytes != MAP_FAILED);
    image->fields = xcalloc(FIELDS_MAX, sizeof *image->fields);
    find_blocks(image);
}

static void make_tree(void)
{
    mkdir("root/boot", 0755);
    mkdir("root/boot/grub", 0755);
    btrfs_put_text("root/boot/grub/grub.cfg", "set default=0\n");
    btrfs_put_noise("root/boot/vmlinuz", 100000);
    assert_int_equal(symlink("boot/vmlinuz", "root/vmlinuz"), 0);
    btrfs_make("-m single -n 16384", IMAGE_SIZE);
}

static void damaged_fields(void **state)
{
    const char *wanted = getenv("BTRFS_DAMAGE");
    size_t count = wanted ? strtoul(wanted, NULL, 10) : USUAL, refused = 0;
    struct image image = {.block_count = 0};
    auto_free struct undo *undo = xcalloc(2, sizeof *undo);

    (void)state;
    make_tree();
    load(&image);
    const struct btrfs_memory devices[BTRFS_WALK_DEVICES] = {{image.bytes, IMAGE_SIZE}};
    struct btrfs_walked sound = btrfs_walk(devices);
    assert_int_equal(sound.failures, 0);
    assert_int_equal(sound.files, 3);
    assert_int_equal(sound.bytes, 200014);
    if (getenv("LONG") && !wanted)
        count = image.field_count * VALUES + DAMAGE_LONG_CASES;
    size_t all = image.field_count * VALUES, step = count < all ? all / count : 1;
    srandom(1);
    for (size_t i = 0; i < count; i++) {
        size_t number = i * step < all ? i * step : (size_t)random() % all;
        change(&image, &image.fields[number / VALUES], (unsigned)(number % VALUES), &undo[0]);
        number = (size_t)random() % all;
        if (i * step >= all)
            change(&image, &image.fields[number / VALUES], (unsigned)(number % VALUES), &undo[1]);
        struct btrfs_walked walked = btrfs_walk(devices);
        refused += !walked.opened || walked.failures;
        if (i * step >= all)
            memcpy(undo[1].at, undo[1].bytes, undo[1].size);
        memcpy(undo[0].at, undo[0].bytes, undo[0].size);
    }
    /* nothing is left over from what was tried */
    assert_int_equal(btrfs_walk(devices).bytes, sound.bytes);
    print_message("# %zu changes of %zu fields in %u blocks, %zu refused\n", count,
                  image.field_count, image.block_count, refused);
    assert_true(refused > count / 10);
    free(image.fields);
    munmap(image.bytes, IMAGE_SIZE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, btrfs_setup, btrfs_teardown)
    const struct CMUnitTest tests[] = {TEST(damaged_fields)};

    return cmocka_run_group_tests_name("btrfs_damage", tests, NULL, NULL);
}
