/* Copying the chosen entry's files out of a filesystem that mke2fs made.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/ext_fixture.h"

#include <sys/mman.h>

#include "fsprobe/copy.h"
#include "fsprobe/fs/ext/ext_file.h"
#include "fsprobe/fs/ext/ext_walk.h"

#define KIB 1024
#define MAX (1024 * 1024) /* bytes; of both kinds unless a test says otherwise */

static const char *const ext4_1k[] = {"-t", "ext4", "-b", "1024", NULL};

/* One guest with one filesystem, an entry of it, and two files to copy to. */
struct run {
    struct guest guest;
    struct entry entry;
    struct copy_request request;
    struct copied copied;
    int kernel, ramdisk;
    struct error err;
};

static struct report nobody = {.fd = -1};
static char kernel_path[] = "/kernel";

static void run_start(struct fixture *f, struct run *run)
{
    open_image(f);
    *run = (struct run){.request = {true, MAX, MAX}, .err = ERROR_INIT};
    run->guest.volumes[0] = f->volume;
    run->guest.volume_count = run->guest.disk_count = 1;
    run->entry.kernel.path = kernel_path;
    run->kernel = memfd_create("kernel", MFD_CLOEXEC);
    run->ramdisk = memfd_create("ramdisk", MFD_CLOEXEC);
}

static void run_end(struct run *run)
{
    close_fd(&run->kernel);
    close_fd(&run->ramdisk);
    error_clear(&run->err);
}

static void add_ramdisk(struct run *run, const char *path)
{
    run->entry.ramdisks[run->entry.ramdisk_count++].path = (char *)(uintptr_t)path;
}

static int copy(struct fixture *f, struct run *run)
{
    const struct copy_place place = {&run->guest, &f->fd, run->kernel, run->ramdisk, &nobody};

    return copy_entry(&place, &run->request, &run->entry, &run->copied, &run->err);
}

static void check_copied(struct fixture *f, struct run *run, int line)
{
    if (copy(f, run) < 0)
        fail_msg("line %d: %s", line, run->err.text);
}
#define copies(f, run) check_copied(f, run, __LINE__)

static off_t size_of(int fd)
{
    return lseek(fd, 0, SEEK_END);
}

static void same_as(int fd, const char *path, off_t at, int line)
{
    auto_buffer struct buffer want = BUFFER_INIT(0);
    auto_error struct error err = ERROR_INIT;

    assert_int_equal(read_file(path, 256 * MAX, &want, &err), 1);
    auto_free char *got = xmalloc(want.length + 1);
    if (pread_all(fd, got, want.length, at) != (ssize_t)want.length ||
        memcmp(got, buffer_text(&want), want.length) != 0)
        fail_msg("line %d: the copy of %s differs", line, path);
}
#define same(fd, path, at) same_as(fd, path, at, __LINE__)

/* COUNT bytes that are no zeros and differ from place to place. */
static void put_bytes_of(const char *path, size_t count, off_t at)
{
    auto_free char *bytes = xmalloc(count + 1);

    for (size_t i = 0; i < count; i++)
        bytes[i] = (char)('a' + (i * 7 + i / 1000) % 26);
    put_bytes(path, bytes, count, at);
}

/* Copies root/kernel as it stands there and compares. */
static void copies_kernel(struct fixture *f, const char *const *options, int line)
{
    struct run run;
    struct stat status;

    assert_int_equal(stat("root/kernel", &status), 0);
    make(options);
    run_start(f, &run);
    check_copied(f, &run, line);
    assert_true(run.copied.done && !run.copied.has_ramdisk);
    assert_int_equal(run.copied.kernel, status.st_size);
    assert_int_equal(size_of(run.kernel), status.st_size);
    same_as(run.kernel, "root/kernel", 0, line);
    run_end(&run);
}

static void one_byte(void **state)
{
    put_text("root/kernel", "k");
    copies_kernel(*state, ext4_1k, __LINE__);
}
static void less_than_a_block(void **state)
{
    put_bytes_of("root/kernel", 4 * KIB - 1, 0);
    copies_kernel(*state, (const char *const[]){"-t", "ext4", "-b", "4096", NULL}, __LINE__);
}
static void more_than_a_block(void **state)
{
    put_bytes_of("root/kernel", 4 * KIB + 1, 0);
    copies_kernel(*state, (const char *const[]){"-t", "ext4", "-b", "4096", NULL}, __LINE__);
}
static void in_the_inode(void **state)
{
    put_bytes_of("root/kernel", 120, 0);
    copies_kernel(*state, (const char *const[]){"-t", "ext4", "-O", "inline_data", NULL}, __LINE__);
}
static void nothing_at_all(void **state)
{
    put_text("root/kernel", "");
    copies_kernel(*state, ext4_1k, __LINE__);
}
static void by_block_maps(void **state)
{
    put_bytes_of("root/kernel", 700 * KIB + 3, 0);
    copies_kernel(*state, (const char *const[]){"-t", "ext2", "-b", "1024", NULL}, __LINE__);
}
static void in_clusters(void **state)
{
    put_bytes_of("root/kernel", 100 * KIB + 3, 0);
    copies_kernel(*state,
                  (const char *const[]){"-t", "ext4", "-b", "4096", "-O", "bigalloc,64bit", "-C",
                                        "16384", NULL},
                  __LINE__);
}

/* Holes at both ends and between; they take no room in the copy either. */
static void holes_stay_holes(void **state)
{
    struct fixture *f = *state;
    struct stat status;
    struct run run;

    put_bytes_of("root/kernel", 64 * KIB, 256 * KIB);
    put_bytes_of("root/kernel", 64 * KIB, 512 * KIB);
    assert_int_equal(truncate("root/kernel", 1000 * KIB), 0);
    make(ext4_1k);
    run_start(f, &run);
    copies(f, &run);
    same(run.kernel, "root/kernel", 0);
    assert_int_equal(fstat(run.kernel, &status), 0);
    assert_int_equal(status.st_size, 1000 * KIB);
    assert_true(status.st_blocks * 512 <= 160 * KIB);
    run_end(&run);
}

static void space_that_was_never_written(void **state)
{
    struct fixture *f = *state;
    struct run run;
    char bytes[3 * KIB], zeros[2 * KIB] = {0};

    put_bytes_of("root/kernel", KIB, 0);
    assert_int_equal(truncate("root/kernel", 3 * KIB), 0);
    make(ext4_1k);
    debugfs("fallocate /kernel 1 2");
    run_start(f, &run);
    copies(f, &run);
    assert_int_equal(pread_all(run.kernel, bytes, sizeof bytes, 0), sizeof bytes);
    assert_memory_equal(bytes + KIB, zeros, sizeof zeros);
    run_end(&run);
}

/* --- ramdisks ------------------------------------------------------------------------------ */

static void joined_at_multiples_of_four(void **state)
{
    static const char zeros[3] = {0};
    struct fixture *f = *state;
    struct run run;
    char gap[3];

    put_text("root/kernel", "k");
    put_bytes_of("root/one", 5 * KIB + 1, 0);
    put_bytes_of("root/two", 4, 0);
    put_bytes_of("root/three", 3 * KIB + 2, 0);
    make(ext4_1k);
    run_start(f, &run);
    add_ramdisk(&run, "/one");
    add_ramdisk(&run, "/two");
    add_ramdisk(&run, "/three");
    copies(f, &run);
    same(run.ramdisk, "root/one", 0);
    same(run.ramdisk, "root/two", 5 * KIB + 4);
    same(run.ramdisk, "root/three", 5 * KIB + 8);
    assert_int_equal(pread_all(run.ramdisk, gap, sizeof gap, 5 * KIB + 1), sizeof gap);
    assert_memory_equal(gap, zeros, sizeof gap);
    assert_true(run.copied.has_ramdisk);
    assert_int_equal(run.copied.ramdisk, 8 * KIB + 10);
    assert_int_equal(size_of(run.ramdisk), 8 * KIB + 10);
    run_end(&run);
}

/* Nobody can load a ramdisk of no bytes. */
static void empty_ramdisk_is_none(void **state)
{
    struct fixture *f = *state;
    struct run run;

    put_text("root/kernel", "k");
    put_text("root/empty", "");
    make(ext4_1k);
    run_start(f, &run);
    add_ramdisk(&run, "/empty");
    copies(f, &run);
    assert_true(run.copied.done && !run.copied.has_ramdisk);
    run_end(&run);
}

static void fails_with(struct fixture *f, struct run *run, enum error_name name,
                       enum copy_kind kind, const char *text, int line)
{
    if (copy(f, run) == 0)
        fail_msg("line %d: it is copied", line);
    if (run->err.name != name || run->copied.failed != kind || !strstr(run->err.text, text))
        fail_msg("line %d: %s", line, run->err.text);
    assert_false(run->copied.done);
}

/* Sections of unified kernel images: as they lie in the blocks, in holes, in the inode. */
static void parts_of_files(void **state)
{
    static const uint64_t parts[][2] = {
        {0, 1},           {1, 1},           {511, 3 * KIB},   {1024, 1024},
        {1000, 70 * KIB}, {100 * KIB, KIB}, {199 * KIB, KIB}, {200 * KIB - 1, 1}};
    struct fixture *f = *state;
    struct run run;

    put_bytes_of("root/kernel", 64 * KIB, 0);
    put_bytes_of("root/kernel", 64 * KIB, 136 * KIB);
    make(ext4_1k);
    auto_free char *bytes = xmalloc(200 * KIB);
    auto_fd int fd = open("root/kernel", O_RDONLY | O_CLOEXEC);
    assert_int_equal(pread_all(fd, bytes, 200 * KIB, 0), 200 * KIB);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        run_start(f, &run);
        run.entry.kernel.section = ".linux";
        run.entry.kernel.begin = parts[i][0];
        run.entry.kernel.length = parts[i][1];
        copies(f, &run);
        assert_int_equal(run.copied.kernel, parts[i][1]);
        assert_int_equal(size_of(run.kernel), parts[i][1]);
        auto_free char *got = xmalloc(parts[i][1]);
        assert_int_equal(pread_all(run.kernel, got, parts[i][1], 0), parts[i][1]);
        assert_memory_equal(got, bytes + parts[i][0], parts[i][1]);
        run_end(&run);
        volume_free(&f->volume);
        close_fd(&f->fd);
    }
}

static void parts_outside_of_the_file(void **state)
{
    static const uint64_t parts[][2] = {
        {0, 4 * KIB + 1}, {4 * KIB, 1}, {1, 4 * KIB}, {UINT64_MAX, 2}, {1, UINT64_MAX}};
    struct fixture *f = *state;
    struct run run;

    put_bytes_of("root/kernel", 4 * KIB, 0);
    make(ext4_1k);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        run_start(f, &run);
        run.entry.kernel.section = ".linux";
        run.entry.kernel.begin = parts[i][0];
        run.entry.kernel.length = parts[i][1];
        fails_with(f, &run, ERROR_INVALID_SOURCE, COPY_KERNEL,
                   "/kernel ends before its section .linux does", __LINE__);
        run_end(&run);
        volume_free(&f->volume);
        close_fd(&f->fd);
    }
}

static void part_in_the_inode(void **state)
{
    struct fixture *f = *state;
    struct run run;
    char got[7];

    put_text("root/kernel", "all of a kernel");
    make((const char *const[]){"-t", "ext4", "-O", "inline_data", NULL});
    run_start(f, &run);
    run.entry.kernel.section = ".linux";
    run.entry.kernel.begin = 9;
    run.entry.kernel.length = 6;
    copies(f, &run);
    assert_int_equal(pread_all(run.kernel, got, sizeof got, 0), 6);
    assert_memory_equal(got, "kernel", 6);
    run_end(&run);
}

/* Packed pieces and those of a journal cannot be made here. */
static void maps_are_cut(void **state)
{
    auto_file_map struct file_map map = FILE_MAP_INIT;
    const struct file_run runs[] = {
        {.at = 0, .place = 5000, .length = 100, .escaped = true},
        {.at = 200,
         .place = 7000,
         .length = 300,
         .packing = FILE_ZSTD,
         .packed_length = 50,
         .skip = 4},
    };

    (void)state;
    for (uint64_t begin = 0; begin < 6; begin++) {
        file_map_free(&map);
        map.size = 600;
        assert_true(file_map_add(&map, &runs[0]) && file_map_add(&map, &runs[1]));
        assert_int_equal(file_map_cut(&map, begin, 300), begin == 0 || begin >= 4);
        if (begin && begin < 4)
            continue;
        assert_int_equal(map.size, 300);
        assert_int_equal(map.count, 2);
        assert_int_equal(map.runs[0].escaped, begin == 0);
        assert_int_equal(map.runs[0].place, 5000 + begin);
        assert_int_equal(map.runs[0].length, 100 - begin);
        assert_int_equal(map.runs[1].at, 200 - begin);
        assert_int_equal(map.runs[1].length, 100 + begin);
        assert_int_equal(map.runs[1].place, 7000);
    }
    assert_true(file_map_cut(&map, 295, 4));
    assert_int_equal(map.count, 1);
    assert_int_equal(map.runs[0].at, 0);
    assert_int_equal(map.runs[0].skip, 4 + 100);
    assert_int_equal(map.runs[0].length, 4);
    assert_int_equal(map.runs[0].packed_length, 50);
}

static void missing_ramdisk(void **state)
{
    struct fixture *f = *state;
    struct run run;

    put_text("root/kernel", "k");
    make(ext4_1k);
    run_start(f, &run);
    add_ramdisk(&run, "/gone");
    fails_with(f, &run, ERROR_INVALID_SOURCE, COPY_RAMDISK,
               "cannot copy the ramdisk /gone out of image: it is not there", __LINE__);
    assert_int_equal(size_of(run.kernel), 0);
    run_end(&run);
}

static void directory_as_ramdisk(void **state)
{
    struct fixture *f = *state;
    struct run run;

    put_text("root/kernel", "k");
    mkdir("root/dir", 0755);
    make(ext4_1k);
    run_start(f, &run);
    add_ramdisk(&run, "/dir");
    fails_with(f, &run, ERROR_INVALID_SOURCE, COPY_RAMDISK, "it is not a regular file", __LINE__);
    run_end(&run);
}

/* --- limits -------------------------------------------------------------------------------- */

/* A kernel of 10 KiB and two ramdisks, 3 + (1) + 6 bytes; with limits of so many bytes. */
static void limited(struct fixture *f, struct run *run, uint64_t kernel_max, uint64_t ramdisk_max)
{
    put_bytes_of("root/kernel", 10 * KIB, 0);
    put_text("root/one", "111");
    put_text("root/two", "222222");
    make(ext4_1k);
    run_start(f, run);
    add_ramdisk(run, "/one");
    add_ramdisk(run, "/two");
    run->request = (struct copy_request){true, kernel_max, ramdisk_max};
}
static void at_the_limits(void **state)
{
    struct run run;

    limited(*state, &run, 10 * KIB, 10);
    copies(*state, &run);
    run_end(&run);
}
static void below_the_limits(void **state)
{
    struct run run;

    limited(*state, &run, 10 * KIB + 1, 11);
    copies(*state, &run);
    run_end(&run);
}
static void kernel_above_its_limit(void **state)
{
    struct run run;

    limited(*state, &run, 10 * KIB - 1, 10);
    fails_with(*state, &run, ERROR_LIMITS, COPY_KERNEL,
               "the kernel /kernel in image is too large: 10240 bytes, and the limit "
               "is 10239",
               __LINE__);
    assert_int_equal(size_of(run.kernel), 0);
    run_end(&run);
}
static void ramdisks_above_their_limit(void **state)
{
    struct run run;

    limited(*state, &run, 10 * KIB, 9);
    fails_with(*state, &run, ERROR_LIMITS, COPY_RAMDISK,
               "the ramdisk /two in image is too large: with those before it 10 bytes", __LINE__);
    assert_int_equal(size_of(run.kernel), 0);
    assert_int_equal(size_of(run.ramdisk), 0);
    run_end(&run);
}

/* --- bad disks ----------------------------------------------------------------------------- */

/* The image ends in the middle of the file, though its partition does not. */
static void disk_that_ends(void **state)
{
    struct fixture *f = *state;
    struct run run;

    put_bytes_of("root/kernel", 64 * KIB, 0);
    make(ext4_1k);
    debugfs("sif /kernel block[5] 8000");
    assert_int_equal(truncate("image", 8010 * KIB), 0);
    run_start(f, &run);
    fails_with(f, &run, ERROR_INTERNAL, COPY_KERNEL,
               "cannot copy the kernel /kernel out of image: the disk ends at byte "
               "8202240",
               __LINE__);
    run_end(&run);
}

static void partition_that_ends(void **state)
{
    struct fixture *f = *state;
    struct run run;

    put_bytes_of("root/kernel", 64 * KIB, 0);
    make(ext4_1k);
    debugfs("sif /kernel block[5] 8000");
    run_start(f, &run);
    f->volume.source->size = 8063 * KIB;
    fails_with(f, &run, ERROR_INTERNAL, COPY_KERNEL, "is past the end of its partition", __LINE__);
    f->volume.source->size = 8064 * KIB;
    copies(f, &run);
    run_end(&run);
}

static void filesystem_that_cannot_tell(void **state)
{
    struct fixture *f = *state;
    struct filesystem plain = ext_filesystem;
    struct run run;

    put_text("root/kernel", "k");
    make(ext4_1k);
    run_start(f, &run);
    plain.map = NULL;
    run.guest.volumes[0].filesystem = &plain;
    fails_with(f, &run, ERROR_INTERNAL, COPY_KERNEL, "cannot copy /kernel", __LINE__);
    run_end(&run);
}

/* --- packed runs, several disks ------------------------------------------------------------- */

/* A file of a plain run, a packed one and a plain one on the second disk. */
static uint32_t packed_length;

static int map_pieces(struct volume *volume, const char *path, struct file_map *map,
                      struct error *err)
{
    const struct file_run runs[] = {
        {.at = 0, .place = 100, .length = 10},
        {.at = 10, .place = 7, .length = packed_length, .packing = FILE_ZLIB},
        {.at = 10 + packed_length, .place = 200, .length = 10, .disk = 1},
    };

    (void)volume, (void)path, (void)err;
    map->size = 20 + packed_length;
    for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
        if (!file_map_add(map, &runs[i]))
            return -1;
    return 1;
}

static int status_of_pieces(struct volume *volume, const char *path, struct file_status *status,
                            struct error *err)
{
    (void)volume, (void)path, (void)err;
    *status = (struct file_status){.regular = true, .size = 20 + packed_length};
    return 1;
}

static int unpack_sevens(struct volume *volume, const struct file_run *run, unsigned char *out,
                         struct error *err)
{
    (void)volume;
    if (run->place != 7)
        return error_set(err, ERROR_INTERNAL, "the place of the run was changed");
    memset(out, '7', run->length);
    return 0;
}

static void check_pieces(struct fixture *f, unsigned disks, uint32_t length, const char *why,
                         int line)
{
    struct filesystem filesystem = ext_filesystem;
    struct run run;
    auto_fd int second = memfd_create("disk", MFD_CLOEXEC);

    run_start(f, &run);
    filesystem.status = status_of_pieces;
    filesystem.map = map_pieces;
    filesystem.unpack = unpack_sevens;
    packed_length = length;
    run.guest.volumes[0].filesystem = &filesystem;
    run.guest.disk_count = disks;
    assert_int_equal(pwrite(second, "the second", 10, 200), 10);
    const int descriptors[] = {f->fd, second};
    const struct copy_place place = {&run.guest, descriptors, run.kernel, run.ramdisk, &nobody};
    int result = copy_entry(&place, &run.request, &run.entry, &run.copied, &run.err);
    auto_free char *got = xcalloc(1, length + 21);
    assert_true(pread_all(run.kernel, got, length + 20, 0) >= 0);
    if (why ? result == 0 || !strstr(run.err.text, why)
            : result < 0 || got[10] != '7' || got[length + 9] != '7' ||
                  strcmp(got + length + 10, "the second") != 0)
        fail_msg("line %d: %d, %s, %s", line, result, run.err.text, got + length + 10);
    run_end(&run);
    volume_free(&f->volume);
    close_fd(&f->fd);
}

static void packed_and_on_another_disk(void **state)
{
    make(ext4_1k);
    check_pieces(*state, 2, 1, NULL, __LINE__);
    check_pieces(*state, 2, FILE_PACKED_MAX, NULL, __LINE__);
    check_pieces(*state, 2, FILE_PACKED_MAX + 1, "a packed piece of it has more", __LINE__);
    check_pieces(*state, 1, 1, "is on no disk", __LINE__);
}

/* --- the journal ---------------------------------------------------------------------------- */

/* What stands in the journal wins, also where its first bytes were escaped there. */
static void blocks_in_the_journal(void **state)
{
    struct fixture *f = *state;
    struct run run;
    char bytes[4 * KIB];

    memset(bytes, 'k', sizeof bytes);
    put_bytes("root/kernel", bytes, sizeof bytes, 0);
    memset(bytes, 'j', sizeof bytes);
    put_bytes("root/other", bytes, 2 * KIB, 0);
    make(ext4_1k);
    run_start(f, &run);
    struct ext *ext = run.guest.volumes[0].state;
    auto_ext_node struct ext_node kernel = EXT_NODE_INIT, other = EXT_NODE_INIT;
    blk64_t at, copy_at;
    assert_int_equal(ext_walk(ext, "/kernel", &kernel, &run.err), 1);
    assert_int_equal(ext_walk(ext, "/other", &other, &run.err), 1);
    assert_int_equal(ext_map(ext, &kernel, 1, &at), 0);
    assert_int_equal(ext_map(ext, &other, 0, &copy_at), 0);
    ext->source.replay = xcalloc(2, sizeof *ext->source.replay);
    ext->source.replay_count = 2;
    ext->source.replay[0] = (struct ext_replay){.block = at, .copy = copy_at};
    ext->source.replay[1] =
        (struct ext_replay){.block = at + 1, .copy = copy_at + 1, .escaped = true};
    copies(f, &run);
    assert_int_equal(pread_all(run.kernel, bytes, sizeof bytes, 0), sizeof bytes);
    assert_true(bytes[0] == 'k' && bytes[KIB - 1] == 'k' && bytes[3 * KIB] == 'k');
    assert_true(bytes[KIB] == 'j' && bytes[2 * KIB - 1] == 'j');
    assert_memory_equal(bytes + 2 * KIB, FILE_ESCAPED "j", 5);
    assert_true(bytes[3 * KIB - 1] == 'j');
    run_end(&run);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_byte),
        TEST(less_than_a_block),
        TEST(more_than_a_block),
        TEST(in_the_inode),
        TEST(nothing_at_all),
        TEST(by_block_maps),
        TEST(in_clusters),
        TEST(holes_stay_holes),
        TEST(space_that_was_never_written),
        TEST(joined_at_multiples_of_four),
        TEST(parts_of_files),
        TEST(parts_outside_of_the_file),
        TEST(part_in_the_inode),
        TEST(maps_are_cut),
        TEST(empty_ramdisk_is_none),
        TEST(missing_ramdisk),
        TEST(directory_as_ramdisk),
        TEST(at_the_limits),
        TEST(below_the_limits),
        TEST(kernel_above_its_limit),
        TEST(ramdisks_above_their_limit),
        TEST(disk_that_ends),
        TEST(partition_that_ends),
        TEST(filesystem_that_cannot_tell),
        TEST(packed_and_on_another_disk),
        TEST(blocks_in_the_journal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
