/* ramdisk: lays an overlay over an installer's ramdisk, confined. Started by eliloader only; see
 * ramdisk.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/confine.h"
#include "common/io.h"
#include "common/protocol/ramdisk.h"
#include "loader/ramdisk/answer.h"
#include "loader/ramdisk/cpio_merge.h"
#include "loader/ramdisk/ext2.h"
#include "loader/ramdisk/request.h"

/* Decoders with the largest dictionary that is allowed take CODEC_MEMORY_MAX of it. */
#define MEMORY_MAX (UINT64_C(384) * 1024 * 1024)
/* bzip2, the slowest, unpacks some 20 MB a second. */
#define CPU_SECONDS_MAX 600

static int read_request(struct ramdisk_request *request, struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(RAMDISK_REQUEST_MAX);

    if (read_all(STDIN_FILENO, &text) < 0)
        return errno == EFBIG
                   ? error_set(err, ERROR_INTERNAL,
                               "the request to ramdisk is longer than %d bytes",
                               RAMDISK_REQUEST_MAX)
                   : error_set_errno(err, ERROR_INTERNAL, "cannot read the request to ramdisk");
    return ramdisk_request_parse(buffer_text(&text), text.length, request, err);
}

/* No byte of a ramdisk has been read when this is entered. */
static int lock_in(const struct ramdisk_request *request, struct ramdisk_report *report,
                   struct error *err)
{
    auto_buffer struct buffer missing = BUFFER_INIT(256);
    const struct confine policy = {
        .uid = request->uid,
        .memory = MEMORY_MAX,
        .file_size = request->limit,
        .cpu_seconds = CPU_SECONDS_MAX,
        /* none is opened later; one more is needed while Landlock is set up */
        .descriptors = RAMDISK_OUTPUT_FD + 2,
    };

    if (confine_enter(&policy, &missing, err) < 0)
        return -1;
    if (missing.length > 0)
        ramdisk_note(report, "this host's kernel lacks %s: ramdisk runs with less confinement",
                     buffer_text(&missing));
    return 0;
}

static int file_size(int fd, const char *name, uint64_t *size, struct error *err)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot look at %s", name);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_INTERNAL, "%s is not a regular file", name);
    *size = (uint64_t)status.st_size;
    return 0;
}

static int write_archive(const struct ramdisk_request *request, struct ramdisk_report *report,
                         uint64_t overlay_size, uint64_t *size, struct error *err)
{
    auto_output struct output output = {.fd = -1};
    int result;

    output_open(&output, RAMDISK_OUTPUT_FD, request->limit, request->vendor);
    if (request->append) {
        result = append_archive(RAMDISK_VENDOR_FD, report->total, RAMDISK_OVERLAY_FD, overlay_size,
                                &output, report, err);
    } else {
        auto_stream struct stream vendor = {.fd = -1}, overlay = {.fd = -1};

        stream_open(&vendor, RAMDISK_VENDOR_FD, request->vendor, ERROR_INVALID_SOURCE,
                    request->limit, report);
        stream_open(&overlay, RAMDISK_OVERLAY_FD, request->overlay, ERROR_SUPPORT_PACKAGE,
                    request->limit, NULL);
        result = merge_archives(&vendor, &overlay, &output, report, err);
    }
    if (result == 0)
        result = output_finish(&output, err);
    *size = output.size;
    return result;
}

static int write_image(const struct ramdisk_request *request, struct ramdisk_report *report,
                       uint64_t *size, struct error *err)
{
    auto_stream struct stream vendor = {.fd = -1}, overlay = {.fd = -1};

    stream_open(&vendor, RAMDISK_VENDOR_FD, request->vendor, ERROR_INVALID_SOURCE, request->limit,
                report);
    stream_open(&overlay, RAMDISK_OVERLAY_FD, request->overlay, ERROR_SUPPORT_PACKAGE,
                request->limit, NULL);
    return image_overlay(&vendor, &overlay, RAMDISK_OUTPUT_FD, report, size, err);
}

static int run(struct ramdisk_report *report, uint64_t *size, struct error *err)
{
    struct ramdisk_request request = {0};
    uint64_t overlay_size = 0;
    int result = read_request(&request, err);

    if (result == 0)
        result = lock_in(&request, report, err);
    if (result == 0)
        result = file_size(RAMDISK_VENDOR_FD, request.vendor, &report->total, err);
    if (result == 0)
        result = file_size(RAMDISK_OVERLAY_FD, request.overlay, &overlay_size, err);
    if (result == 0)
        result = request.ext2 ? write_image(&request, report, size, err)
                              : write_archive(&request, report, overlay_size, size, err);
    ramdisk_request_free(&request);
    return result;
}

int main(int argc, char **argv)
{
    struct ramdisk_report report = {.fd = CHILD_ANSWER_FD};
    auto_error struct error err = ERROR_INIT;
    uint64_t size = 0;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("ramdisk (eliloader) %s\n", ELILOADER_VERSION);
        return 0;
    }
    if (argc > 1) {
        fprintf(stderr, "ramdisk: it takes no arguments; eliloader starts it\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int result = run(&report, &size, &err);
    if (result == 0)
        return ramdisk_answer(&report, size) < 0 ? 1 : 0;
    (void)!ramdisk_answer_error(&report, &err);
    return 1;
}
