/* Fuzz target: whole disks, from the partition table to the chosen entry.
 *
 * The input is a disk's first bytes; behind them it is empty. The seeds (seeds.sh) are small
 * filesystems, bare and in partitions, without metadata_csum, for a fuzzer does not mend
 * checksums.
 *
 *   clang -std=gnu17 -D_GNU_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       tests/fuzz/fuzz_disk.c $(ls fsprobe/[^m]*.c fsprobe/menu.c) \
 *       common/{text,escape,memory,error,io,kernel_magic}.c -lext2fs -lcom_err -lblkid -ljansson
 *   ./a.out -max_len=2200000 SEEDS
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/io.h"
#include "fsprobe/answer.h"
#include "fsprobe/fsprobe.h"
#include "fsprobe/probe.h"

#define DISK_SIZE (4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct probe *probe)
{
    const struct choice *choice = &probe->choice;

    for (size_t i = 0; i < choice->menu.count; i++)
        if (choice->menu.entries[i].kernel.volume >= probe->guest.volume_count)
            abort();
    if (!choice->found)
        return;
    const struct entry *entry = &choice->menu.entries[choice->boot];
    if (!choose_is_clean(entry->kernel.path) || !choose_is_clean(entry->args))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct probe *probe = xcalloc(1, sizeof *probe);
    const struct probe_request request = {
        .disks = {"disk"}, .disk_count = 1, .family = "sleslike", .arch = "x86_64"};
    autoerror struct error err = ERROR_INIT;
    autofd int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    autofd int fd = memfd_create("disk", MFD_CLOEXEC);

    if (ftruncate(fd, DISK_SIZE) < 0 ||
        pwrite(fd, data, size < DISK_SIZE ? size : DISK_SIZE, 0) < 0)
        abort();
    if (probe_prepare(probe, &request, fd, &err) == 0) {
        probe_run(probe, &request);
        check(probe);
        (void)!answer_send(null, probe->disks, &probe->guest, &probe->choice);
    }
    probe_free(probe);
    free(probe);
    return 0;
}
