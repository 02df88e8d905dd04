/* ramdisk: lays an overlay over an installer's ramdisk, or looks at one, confined. Started by
 * eliloader only; see ramdisk.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/stat.h>

#include "common/helper/start.h"
#include "common/protocol/ramdisk.h"
#include "loader/ramdisk/cpio_append.h"
#include "loader/ramdisk/cpio_merge.h"
#include "loader/ramdisk/ext2.h"
#include "loader/ramdisk/look.h"
#include "loader/ramdisk/request.h"

/* Decoders with the largest dictionary that is allowed take CODEC_MEMORY_MAX of it. */
#define MEMORY_MAX (UINT64_C(384) * 1024 * 1024)
/* bzip2, the slowest, unpacks some 20 MB a second. */
#define CPU_SECONDS_MAX 600

/* No byte of a ramdisk has been read when this is entered. */
static int lock_in(const struct ramdisk_request *request, struct report *report, struct error *err)
{
    const struct confine policy = {
        .uid = request->uid,
        .own_user = request->own_user,
        .complete = request->complete,
        .memory = MEMORY_MAX,
        .file_size = request->limit,
        .cpu_seconds = CPU_SECONDS_MAX,
        /* none is opened later; one more is needed while Landlock is set up */
        .descriptors = RAMDISK_OUTPUT_FD + 2,
    };

    return helper_confine(RAMDISK_NAME, &policy, report, err);
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

static void open_both(const struct ramdisk_request *request, struct report *report,
                      uint64_t vendor_size, struct stream *vendor, struct stream *overlay)
{
    stream_open(vendor, RAMDISK_VENDOR_FD, request->vendor, ERROR_INVALID_SOURCE, request->limit,
                report);
    vendor->size = vendor_size;
    stream_open(overlay, RAMDISK_OVERLAY_FD, request->overlay, ERROR_SUPPORT_PACKAGE,
                request->limit, NULL);
}

static int write_archive(const struct ramdisk_request *request, struct report *report,
                         uint64_t vendor_size, uint64_t overlay_size, uint64_t *size,
                         struct error *err)
{
    auto_output struct output output = {.fd = -1};
    int result;

    output_open(&output, RAMDISK_OUTPUT_FD, request->limit, request->vendor);
    if (request->append) {
        result = append_archive(RAMDISK_VENDOR_FD, vendor_size, RAMDISK_OVERLAY_FD, overlay_size,
                                &output, report, err);
    } else {
        auto_stream struct stream vendor = {.fd = -1}, overlay = {.fd = -1};

        open_both(request, report, vendor_size, &vendor, &overlay);
        result = merge_archives(&vendor, &overlay, &output, report, err);
    }
    if (result == 0)
        result = output_finish(&output, err);
    *size = output.size;
    return result;
}

static int write_image(const struct ramdisk_request *request, struct report *report,
                       uint64_t vendor_size, uint64_t *size, struct error *err)
{
    auto_stream struct stream vendor = {.fd = -1}, overlay = {.fd = -1};

    open_both(request, report, vendor_size, &vendor, &overlay);
    return image_overlay(&vendor, &overlay, RAMDISK_OUTPUT_FD, report, size, err);
}

static int look(const struct ramdisk_request *request, json_t **answer, struct error *err)
{
    auto_stream struct stream vendor = {.fd = -1};
    const char *content = NULL;

    stream_open(&vendor, RAMDISK_VENDOR_FD, request->vendor, ERROR_INVALID_SOURCE, request->limit,
                NULL);
    if (ramdisk_look(&vendor, &content, err) < 0)
        return -1;
    *answer = json_pack("{s:s}", "content", content);
    return 0;
}

static int lay(const struct ramdisk_request *request, struct report *report, json_t **answer,
               struct error *err)
{
    uint64_t vendor_size = 0, overlay_size = 0, size = 0;
    int result;

    if (file_size(RAMDISK_VENDOR_FD, request->vendor, &vendor_size, err) < 0 ||
        file_size(RAMDISK_OVERLAY_FD, request->overlay, &overlay_size, err) < 0)
        return -1;
    if (request->ext2)
        result = write_image(request, report, vendor_size, &size, err);
    else
        result = write_archive(request, report, vendor_size, overlay_size, &size, err);
    if (result == 0)
        *answer = json_pack("{s:I}", "size", (json_int_t)size);
    return result;
}

static int run(struct report *report, json_t **answer, struct error *err)
{
    struct ramdisk_request request = {0};
    auto_buffer struct buffer text = BUFFER_INIT(0);
    int result = helper_read_request(RAMDISK_NAME, RAMDISK_REQUEST_MAX, &text, err);

    if (result == 0)
        result = ramdisk_request_parse(buffer_text(&text), text.length, &request, err);
    if (result == 0)
        result = lock_in(&request, report, err);
    if (result == 0)
        result = request.look ? look(&request, answer, err) : lay(&request, report, answer, err);
    ramdisk_request_free(&request);
    return result;
}

int main(int argc, char **argv)
{
    struct report report = {.fd = CHILD_ANSWER_FD};
    auto_error struct error err = ERROR_INIT;
    json_t *answer = NULL;
    int result;

    if (!helper_arguments(RAMDISK_NAME, argc, argv, &result))
        return result;
    if (run(&report, &answer, &err) == 0)
        return report_answer(&report, answer) < 0;
    (void)!report_failure(&report, &err, NULL);
    return 1;
}
