/* Fuzz target: whole disks, from the partition table to the copies of the chosen entry's files.
 *
 * The input is a disk's first bytes; behind them it is empty. The seeds (seeds.sh) are small
 * filesystems, bare and in partitions, on LVM and md. The mutator puts the checksums of a GPT, of
 * LVM and of md right, and leaves those of ext4 (metadata_csum) alone, which one seed has.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/io.h"
#include "common/protocol/fsprobe.h"
#include "fsprobe/answer.h"
#include "fsprobe/probe.h"
#include "fsprobe/tree_answer.h"
#include "tests/unit/volumes_run.h"

#define FIRST_FD  200 /* nobody else is there */
#define DISK_SIZE (4 * 1024 * 1024)
/* Small, so that both sides of each limit are met. */
#define KERNEL_MAX  (32 * 1024)
#define RAMDISK_MAX (48 * 1024)

#define MD_AT  4096 /* of version 1.2 */
#define GPT_AT 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static void check(const struct probe *probe)
{
    const struct choice *choice = &probe->choice;

    for (size_t i = 0; i < choice->menu.count; i++)
        if (choice->menu.entries[i].kernel.volume >= probe->guest.volume_count)
            abort();
    if (!choice->found)
        return;
    const struct entry *entry = &choice->menu.entries[choice->boot];
    if (!candidate_is_clean(entry->kernel.path) || !candidate_is_clean(entry->args))
        abort();
}

/* What is selected: the bytes of the disk say which, so that an input stays what it is. */
static struct selection select_by(unsigned char byte)
{
    static const struct selection selections[] = {
        {.entry = NULL},
        {.entry = "1"},
        {.entry = "1>0"},
        {.kernel = "/boot/vmlinuz-6.1", .ramdisk = "/boot/initrd.img-6.1"},
        {.ramdisk = "/boot/initrd.img-6.1"},
        {.has_offset = true, .offset = 1048576},
        {.has_partition = true, .partition = 0},
    };

    return selections[byte % ARRAY_SIZE(selections)];
}

/* The same for what is asked as an installation tree, by other bits. */
static struct tree_wish tree_by(unsigned char byte)
{
    static const char *const families[] = {"auto", "any", "rhlike", "debianlike"};

    return (struct tree_wish){.wanted = byte & 0x80,
                              .identify = byte & 0x40,
                              .folder = byte & 0x20 ? "/boot" : NULL,
                              .family = families[byte / 8 % ARRAY_SIZE(families)],
                              .arch = "x86_64"};
}

static void check_copies(const struct probe *probe, int result)
{
    off_t kernel = lseek(probe->outputs[0], 0, SEEK_END);
    off_t ramdisk = lseek(probe->outputs[1], 0, SEEK_END);

    if (kernel > KERNEL_MAX || ramdisk > RAMDISK_MAX)
        abort();
    if (result == 0 && probe->copied.done &&
        ((uint64_t)kernel != probe->copied.kernel || (uint64_t)ramdisk != probe->copied.ramdisk))
        abort();
}

static void run(struct probe *probe, int disk, unsigned char byte)
{
    const struct probe_request request = {.disks = {"disk"},
                                          .disk_count = 1,
                                          .family = "sleslike",
                                          .arch = "x86_64",
                                          .select = select_by(byte),
                                          .copy = {true, KERNEL_MAX, RAMDISK_MAX},
                                          .tree = tree_by(byte)};
    auto_error struct error err = ERROR_INIT;
    const struct report nowhere = {.fd = -1};

    if (probe_prepare(probe, &request, disk, &err) < 0)
        return;
    if (probe_run(probe, &request, &err) < 0)
        return;
    check(probe);
    check_copies(probe, probe_copy(probe, &request, &err));
    if (request.tree.wanted)
        (void)!tree_answer_send(&nowhere, &probe->guest, &probe->tree, &probe->choice.menu.problems,
                                &probe->copied);
    const struct answer answer = {probe->disks,   &probe->guest, true,
                                  &probe->choice, probe->cause,  &probe->copied};
    (void)!answer_send(&nowhere, &answer);
}

/* A new, empty file that is open as NUMBER. */
static int make_file(int number)
{
    auto_fd int fd = memfd_create("file", MFD_CLOEXEC);

    return dup3(fd, number, O_CLOEXEC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct probe *probe = xcalloc(1, sizeof *probe);
    /* The disk and the two outputs behind it, as a helper finds them. */
    auto_fd int fd = make_file(FIRST_FD), kernel = make_file(FIRST_FD + 1);
    auto_fd int ramdisk = make_file(FIRST_FD + 2);

    if (kernel < 0 || ramdisk < 0 || ftruncate(fd, DISK_SIZE) < 0 ||
        pwrite(fd, data, size < DISK_SIZE ? size : DISK_SIZE, 0) < 0)
        abort();
    /* in the boot sector, which a filesystem does not use */
    run(probe, fd, size > 8 ? data[8] : 0);
    probe_free(probe);
    free(probe);
    return 0;
}

/* The checksums of a GPT's entries and of its header. */
static void mend_gpt(unsigned char *data, size_t size)
{
    unsigned char *header = data + GPT_AT;
    uint64_t at, length = (uint64_t)get_le32(header + 80) * get_le32(header + 84);

    if (!__builtin_mul_overflow(get_le64(header + 72), (uint64_t)512, &at) && at <= size &&
        length <= size - at)
        run_put32(header + 88, ~crc32_update(UINT32_MAX, data + at, (size_t)length));
    memset(header + 16, 0, 4);
    run_put32(header + 16, ~crc32_update(UINT32_MAX, header, 92));
}

/* Changes anything, more often where tables and metadata of volumes are. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size_t head = seed % 3 == 0 && size > 2 * MD_AT ? 2 * MD_AT : 0;

    if (head)
        LLVMFuzzerMutate(data, head, head);
    else
        size = LLVMFuzzerMutate(data, size, max_size);
    if (size < 2 * MD_AT)
        return size;
    if (memcmp(data + GPT_AT, "EFI PART", 8) == 0)
        mend_gpt(data, size);
    if (memcmp(data + LVM_LABEL_AT, "LABELONE", 8) == 0)
        mend_lvm(data, size);
    if (get_le32(data + MD_AT) == 0xa92b4efc)
        mend_md(data + MD_AT, false);
    return size;
}
