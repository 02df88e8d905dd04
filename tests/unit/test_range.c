/* Bytes from one descriptor to another.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/io.h"
#include "fsprobe/fs/source.h"
#include "fsprobe/range.h"

static int file_of_a_disk(void)
{
    FILE *file = tmpfile();
    int fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1;

    assert_true(fd >= 0);
    fclose(file);
    return fd;
}

/* Every way to copy, for sizes around those at which another one is taken, lined up and not. */
static void every_way(void **state)
{
    static const size_t sizes[] = {1,
                                   RANGE_MAPPED_LEAST - 1,
                                   RANGE_MAPPED_LEAST,
                                   RANGE_MAPPED_LEAST + 1,
                                   RANGE_WINDOW + RANGE_MAPPED_LEAST - 1,
                                   RANGE_WINDOW + RANGE_MAPPED_LEAST,
                                   RANGE_WINDOW + RANGE_MAPPED_LEAST + 1,
                                   RANGE_RESERVED_LEAST - 1,
                                   RANGE_RESERVED_LEAST};
    enum { PLACES = 3 };
    static const uint64_t places[PLACES][2] = {{0, 0}, {1024, 4096}, {4095, 1}};
    size_t most = RANGE_WINDOW + RANGE_MAPPED_LEAST + 1 + 4095;
    auto_fd int from = memfd_create("from", MFD_CLOEXEC);
    auto_free unsigned char *bytes = xmalloc(most), *got = xmalloc(most);

    (void)state;
    for (size_t i = 0; i < most; i++)
        bytes[i] = (unsigned char)(i * 31 + i / 4096);
    assert_int_equal(pwrite(from, bytes, most, 0), most);
    for (size_t i = 0; i < ARRAY_SIZE(sizes) * PLACES * 8; i++) {
        /* In memory, and where room can be reserved. */
        auto_fd int to = i >> 2 & 1 ? memfd_create("to", MFD_CLOEXEC) : file_of_a_disk();
        auto_range struct range_copier copier = {
            .from = from, .to = to, .by_hand = i & 1, .unmapped = i >> 1 & 1};
        auto_error struct error err = ERROR_INIT;
        size_t size = sizes[i / 8 / PLACES];
        uint64_t place = places[i / 8 % PLACES][0], at = places[i / 8 % PLACES][1];

        assert_int_equal(range_copy(&copier, place, at, size, &err), 0);
        assert_int_equal(lseek(to, 0, SEEK_END), at + size);
        assert_int_equal(pread_all(to, got, size, (off_t)at), size);
        assert_memory_equal(got, bytes + place, size);
    }
}

/* A disk that ends in the middle of a mapping: said, and no signal. */
static void cut_off(void **state)
{
    (void)state;
    for (unsigned mapped = 0; mapped < 2; mapped++) {
        auto_fd int from = memfd_create("from", MFD_CLOEXEC), to = memfd_create("to", MFD_CLOEXEC);
        auto_range struct range_copier copier = {
            .from = from, .to = to, .by_hand = true, .unmapped = !mapped};
        auto_error struct error err = ERROR_INIT;

        assert_int_equal(ftruncate(from, RANGE_CHUNK + 70000), 0);
        assert_int_equal(range_copy(&copier, 1000, 0, RANGE_CHUNK + RANGE_MAPPED_LEAST, &err), -1);
        assert_string_equal(err.text, "the disk ends at byte 1118576, in the middle of it");
        /* one byte behind its end */
        error_clear(&err);
        assert_int_equal(range_copy(&copier, 1000, 0, RANGE_CHUNK + 69001, &err), -1);
        assert_string_equal(err.text, "the disk ends at byte 1118576, in the middle of it");
        assert_int_equal(range_copy(&copier, 1000, 0, RANGE_CHUNK + 69000, &err), 0);
    }
}

static void by_hand_as_by_the_kernel(void **state)
{
    auto_fd int from = memfd_create("from", MFD_CLOEXEC), to = memfd_create("to", MFD_CLOEXEC);
    auto_range struct range_copier copier = {
        .from = from, .to = to, .by_hand = true, .unmapped = true};
    auto_error struct error err = ERROR_INIT;
    size_t size = 2 * RANGE_CHUNK + 5;
    auto_free char *bytes = xmalloc(size), *got = xmalloc(size);

    (void)state;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 + i / 4096);
    assert_int_equal(pwrite(from, bytes, size, 0), size);
    assert_int_equal(range_copy(&copier, 1, 3, size - 1, &err), 0);
    assert_int_equal(pread_all(to, got, size - 1, 3), size - 1);
    assert_memory_equal(got, bytes + 1, size - 1);
    assert_int_equal(lseek(to, 0, SEEK_END), size + 2);
    assert_int_equal(range_copy(&copier, size - 2, 0, 3, &err), -1);
    assert_non_null(strstr(err.text, "the disk ends at byte 2097157"));
}

static void target_that_cannot_be_written(void **state)
{
    auto_fd int from = memfd_create("from", MFD_CLOEXEC),
                to = open("/dev/full", O_WRONLY | O_CLOEXEC);
    auto_range struct range_copier copier = {.from = from, .to = to};
    auto_error struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(ftruncate(from, 10), 0);
    assert_int_equal(range_copy(&copier, 0, 0, 10, &err), -1);
    assert_non_null(
        strstr(err.text, "its copy on the host cannot be written: No space left on device"));
}

/* --- a disc with a sector that cannot be read ---------------------------------------------------
 * A process's own memory, as a file, has places that cannot be read: where nothing is mapped. */

#define PAGES 8
#define BAD   5 /* page */

struct scratched {
    int fd;
    unsigned char *bytes; /* PAGES pages, of which BAD is not there */
    uint64_t at;          /* of BYTES in the file */
    size_t page;
};

static struct scratched scratched_open(void)
{
    struct scratched disc = {.fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC),
                             .page = (size_t)sysconf(_SC_PAGESIZE)};

    disc.bytes =
        mmap(NULL, PAGES * disc.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(disc.fd >= 0 && disc.bytes != MAP_FAILED);
    memset(disc.bytes, 'x', PAGES * disc.page);
    assert_int_equal(munmap(disc.bytes + BAD * disc.page, disc.page), 0);
    disc.at = (uint64_t)(uintptr_t)disc.bytes;
    return disc;
}

static void scratched_close(struct scratched *disc)
{
    munmap(disc->bytes, BAD * disc->page);
    munmap(disc->bytes + (BAD + 1) * disc->page, (PAGES - BAD - 1) * disc->page);
    close_fd(&disc->fd);
}

static void a_sector_that_cannot_be_read(void **state)
{
    struct scratched disc = scratched_open();
    uint64_t bad = disc.at + BAD * disc.page;
    auto_fd int to = memfd_create("to", MFD_CLOEXEC);
    auto_free char *sector = xasprintf(
        "sector %llu of the disk (of 2048 bytes each) cannot be read: Input/output error; the disc "
        "is scratched",
        (unsigned long long)(bad / 2048));
    auto_free char *byte = xasprintf("byte %llu of the disk cannot be read: Input/output error",
                                     (unsigned long long)bad);

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        auto_range struct range_copier copier = {.from = disc.fd, .to = to, .sector = i ? 0 : 2048};
        auto_error struct error err = ERROR_INIT;
        /* Up to the sector, and behind it, is no matter; with it, it is. */
        assert_int_equal(range_copy(&copier, disc.at + 7, 0, BAD * disc.page - 7, &err), 0);
        assert_int_equal(range_copy(&copier, bad + disc.page, 0, disc.page, &err), 0);
        assert_int_equal(range_copy(&copier, disc.at + 7, 0, PAGES * disc.page - 7, &err), -1);
        assert_memory_equal(err.text, i ? byte : sector, strlen(i ? byte : sector));
        error_clear(&err);
        assert_int_equal(range_copy(&copier, disc.at + 7, 0, BAD * disc.page - 6, &err), -1);
        assert_memory_equal(err.text, i ? byte : sector, strlen(i ? byte : sector));
    }
    scratched_close(&disc);
}

/* The same where a filesystem reads. */
static void a_directory_that_cannot_be_read(void **state)
{
    struct scratched disc = scratched_open();
    uint64_t budget = UINT64_MAX;
    struct source *source = source_of_range(disc.fd, 0, "cd", 0, UINT64_MAX, &budget);
    unsigned char bytes[2048];
    auto_error struct error err = ERROR_INIT;
    auto_free char *sector = xasprintf("sector %llu of cd (of 2048 bytes each) cannot be read",
                                       (unsigned long long)((disc.at + BAD * disc.page) / 2048));

    (void)state;
    source->sector = sizeof bytes;
    for (unsigned page = 0; page < PAGES; page++)
        if (page != BAD)
            assert_int_equal(
                source_read(source, disc.at + page * disc.page, bytes, sizeof bytes, &err), 0);
    assert_int_equal(source_read(source, disc.at + BAD * disc.page - 1, bytes, 2, &err), -1);
    assert_memory_equal(err.text, sector, strlen(sector));
    source_free(source);
    scratched_close(&disc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(by_hand_as_by_the_kernel),
        cmocka_unit_test(target_that_cannot_be_written),
        cmocka_unit_test(a_sector_that_cannot_be_read),
        cmocka_unit_test(a_directory_that_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
