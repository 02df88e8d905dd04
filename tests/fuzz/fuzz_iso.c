/* Fuzz target: all that the helper `medium` does with a file: the descriptors of an ISO 9660 image
 * and its implanted sum, and what else a file may be.
 *
 * The input is the file; what of it would be the 32 KiB in front of the first descriptor is left
 * out when its first byte is 0, so that small inputs reach the descriptors. Seeds are small images
 * of `xorriso -as mkisofs -R`, with .treeinfo, content or .disk/info.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/io.h"
#include "loader/medium/answer.h"
#include "loader/medium/examine.h"

#define DESCRIPTORS_AT (ISO_FIRST_DESCRIPTOR * ISO_SECTOR)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The helper's address space has an end: a dictionary of 4 GiB is refused there, as here. */
const char *__asan_default_options(void)
{
    return "max_allocation_size_mb=400:allocator_may_return_null=1";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct digest_algorithms algorithms;
    struct report report = {.fd = open("/dev/null", O_WRONLY | O_CLOEXEC)};
    const struct medium_request request = {.name = "input", .verify = true};
    struct finding finding = {0};
    auto_error struct error err = ERROR_INIT;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    off_t start = size > 0 && data[0] == 0 ? DESCRIPTORS_AT - 1 : 0;

    if (!algorithms.kinds[DIGEST_MD5] && digest_algorithms_load(&algorithms, &err) < 0)
        abort();
    if (fd < 0 || report.fd < 0 || lseek(fd, start, SEEK_SET) < 0 || write_all(fd, data, size) < 0)
        abort();
    if (examine(fd, size + (uint64_t)start, &request, &algorithms, &report, &finding, &err) == 0 &&
        finding_answer(&report, &request, &finding) < 0)
        abort();
    finding_free(&finding);
    close(fd);
    close(report.fd);
    return 0;
}
