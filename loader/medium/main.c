/* medium: says what a file is, confined. Started by eliloader only; see medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <unistd.h>

#include "common/helper/start.h"
#include "common/protocol/medium.h"
#include "loader/medium/answer.h"
#include "loader/medium/examine.h"

/* Address space: a kernel, unpacked, and the dictionary of xz. */
#define MEMORY_MAX (UINT64_C(512) * 1024 * 1024)
/* The sums of a Blu-ray disc of 128 GiB take less than 15 minutes of a core. */
#define CPU_SECONDS_MAX 3600

/* No byte of the file has been read when this is entered. */
static int lock_in(const struct medium_request *request, struct report *report, struct error *err)
{
    const struct confine policy = {
        .uid = request->uid,
        .own_user = request->own_user,
        .complete = request->complete,
        .memory = MEMORY_MAX,
        .cpu_seconds = CPU_SECONDS_MAX,
        /* none is opened later; one more is needed while Landlock is set up */
        .descriptors = MEDIUM_OUT_FD + 2,
        .file_size = request->mode == MEDIUM_UNPACKS ? request->unpack.max : 0,
    };

    return helper_confine(MEDIUM_NAME, &policy, report, err);
}

static int run(struct report *report, struct finding *finding, struct medium_request *request,
               struct error *err)
{
    struct digest_algorithms algorithms = {0};
    auto_buffer struct buffer text = BUFFER_INIT(0);
    off_t size;

    /* OpenSSL opens its configuration, which has to be before the door closes. */
    int result = helper_read_request(MEDIUM_NAME, MEDIUM_REQUEST_MAX, &text, err);
    if (result == 0)
        result = medium_request_parse(buffer_text(&text), text.length, request, err);
    if (result == 0)
        result = digest_algorithms_load(&algorithms, err);
    if (result == 0)
        result = lock_in(request, report, err);
    if (result == 0 && (size = lseek(MEDIUM_FD, 0, SEEK_END)) < 0)
        result = error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read %s", request->name);
    if (result == 0)
        result = examine(MEDIUM_FD, (uint64_t)size, request, &algorithms, report, finding, err);
    digest_algorithms_free(&algorithms);
    return result;
}

int main(int argc, char **argv)
{
    struct report report = {.fd = CHILD_ANSWER_FD};
    struct medium_request request = {0};
    struct finding finding = {0};
    int status;
    auto_error struct error err = ERROR_INIT;

    if (!helper_arguments(MEDIUM_NAME, argc, argv, &status))
        return status;
    int result = run(&report, &finding, &request, &err);
    result = result == 0 ? finding_answer(&report, &request, &finding)
                         : report_failure(&report, &err, NULL);
    finding_free(&finding);
    medium_request_free(&request);
    return result == 0 ? 0 : 1;
}
