/* fsprobe: reads guests' disks, confined. Started by eliloader only; see fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/confine.h"
#include "common/io.h"
#include "common/protocol/fsprobe.h"
#include "fsprobe/answer.h"
#include "fsprobe/probe.h"

#define MEMORY_MAX       (UINT64_C(256) * 1024 * 1024)
#define CPU_SECONDS_MAX  10
#define COPY_SECONDS_MAX 30 /* of CPU: half a gigabyte by a slow one */

static int read_request(struct probe_request *request, struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(FSPROBE_REQUEST_MAX);

    if (read_all(STDIN_FILENO, &text) < 0)
        return errno == EFBIG
                   ? error_set(err, ERROR_INTERNAL,
                               "the request to fsprobe is longer than %d bytes",
                               FSPROBE_REQUEST_MAX)
                   : error_set_errno(err, ERROR_INTERNAL, "cannot read the request to fsprobe");
    return probe_request_parse(buffer_text(&text), text.length, request, err);
}

/* What any file may grow to: the outputs are the only ones there are. */
static uint64_t file_size(const struct copy_request *copy)
{
    if (!copy->wanted)
        return 0;
    return copy->kernel_max > copy->ramdisk_max ? copy->kernel_max : copy->ramdisk_max;
}

/* No byte of a disk has been read when this is entered. */
static int confine(const struct probe_request *request, struct error *err)
{
    const struct confine policy = {
        .uid = request->uid,
        .memory = MEMORY_MAX,
        .file_size = file_size(&request->copy),
        .cpu_seconds = request->copy.wanted ? COPY_SECONDS_MAX : CPU_SECONDS_MAX,
        /* none is opened later; one more is needed while Landlock is set up */
        .descriptors = CHILD_FIRST_FD + request->disk_count + (request->copy.wanted ? 2 : 0) + 1,
    };
    auto_buffer struct buffer missing = BUFFER_INIT(256);

    if (confine_enter(&policy, &missing, err) < 0)
        return -1;
    if (missing.length) {
        auto_free char *note =
            xasprintf("fsprobe: this kernel cannot confine it by %s", buffer_text(&missing));
        (void)answer_note(CHILD_ANSWER_FD, note);
    }
    return 0;
}

static int run(struct probe *probe, struct probe_request *request, struct error *err)
{
    if (read_request(request, err) < 0 || probe_prepare(probe, request, CHILD_FIRST_FD, err) < 0 ||
        confine(request, err) < 0)
        return -1;
    probe_run(probe, request);
    if (probe_copy(probe, request, err) < 0)
        return -1;
    if (answer_send(CHILD_ANSWER_FD, probe->disks, &probe->guest, &probe->choice, &probe->copied) <
        0)
        return error_set(err, ERROR_INTERNAL,
                         "more was found on the disks than an answer can hold");
    return 0;
}

int main(int argc, char **argv)
{
    static struct probe probe; /* large, and zeroed */
    struct probe_request request = {0};
    struct error err = ERROR_INIT;

    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("fsprobe (eliloader) %s\n", ELILOADER_VERSION);
        return 0;
    }
    if (argc > 1) {
        fprintf(stderr, "fsprobe: it takes no arguments; eliloader starts it\n");
        return 2;
    }
    int status = 0;
    if (run(&probe, &request, &err) < 0)
        status = answer_error(CHILD_ANSWER_FD, &err, probe.copied.failed) < 0 ? 1 : 0;
    error_clear(&err);
    probe_free(&probe);
    probe_request_free(&request);
    return status;
}
