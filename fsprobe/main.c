/* fsprobe: reads guests' disks, confined. Started by eliloader only; see fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/helper/start.h"
#include "common/protocol/fsprobe.h"
#include "fsprobe/answer.h"
#include "fsprobe/look/look.h"
#include "fsprobe/probe.h"
#include "fsprobe/tree_answer.h"
#include "fsprobe/unreadable.h"

#define MEMORY_MAX         (UINT64_C(256) * 1024 * 1024)
#define CPU_SECONDS_MAX    10
#define STREAM_SECONDS_MAX 600 /* of CPU, for a file of any size to a pipe */
#define COPY_SECONDS_MAX   30  /* of CPU: half a gigabyte by a slow one */

/* What any file may grow to: the outputs are the only ones there are. */
static uint64_t file_size(const struct copy_request *copy)
{
    if (!copy->wanted)
        return 0;
    return copy->kernel_max > copy->ramdisk_max ? copy->kernel_max : copy->ramdisk_max;
}

static bool streams(const struct probe_request *request)
{
    return request->look.wanted && !request->look.list;
}

/* No byte of a disk has been read when this is entered. */
static int lock_in(const struct probe_request *request, struct report *report, struct error *err)
{
    const struct confine policy = {
        .uid = request->uid,
        .own_user = request->own_user,
        .complete = request->complete,
        .memory = MEMORY_MAX,
        .file_size = file_size(&request->copy),
        .cpu_seconds = streams(request)       ? STREAM_SECONDS_MAX
                       : request->copy.wanted ? COPY_SECONDS_MAX
                                              : CPU_SECONDS_MAX,
        /* none is opened later; one more is needed while Landlock is set up */
        .descriptors = CHILD_FIRST_FD + request->disk_count + (request->copy.wanted ? 2 : 0) +
                       streams(request) + 1,
    };

    return helper_confine(FSPROBE_NAME, &policy, report, err);
}

/* A person looks into a volume. */
static int look(struct report *report, const struct probe *probe,
                const struct probe_request *request, struct guest *guest, struct error *err)
{
    auto_buffer struct buffer unreadable = BUFFER_INIT(UNREADABLE_TEXT_MAX);
    int disks[GUEST_DISKS_MAX];
    json_t *answer = NULL;

    (void)unreadable_add(guest, UNREADABLE_ALL, "", &unreadable);
    for (unsigned i = 0; i < guest->disk_count; i++)
        disks[i] = probe->disks[i].fd;
    const struct look_place place = {.guest = guest,
                                     .disks = disks,
                                     .stream = CHILD_FIRST_FD + (int)request->disk_count,
                                     .unreadable = buffer_text(&unreadable)};
    if (look_run(&place, &request->look, &answer, err) < 0)
        return -1;
    if (report_answer(report, answer) < 0)
        return error_set(err, ERROR_INTERNAL, "the directory has more than an answer can hold");
    return 0;
}

static int run(struct report *report, struct probe *probe, struct probe_request *request,
               struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(0);

    if (helper_read_request(FSPROBE_NAME, FSPROBE_REQUEST_MAX, &text, err) < 0 ||
        probe_request_parse(buffer_text(&text), text.length, request, err) < 0 ||
        probe_prepare(probe, request, CHILD_FIRST_FD, err) < 0 || lock_in(request, report, err) < 0)
        return -1;
    if (probe_run(probe, request, err) < 0 || probe_copy(probe, request, report, err) < 0)
        return -1;
    if (request->look.wanted)
        return look(report, probe, request, &probe->guest, err);
    const struct answer answer = {.disks = probe->disks,
                                  .guest = &probe->guest,
                                  .subvolumes = request->subvolumes,
                                  .choice = &probe->choice,
                                  .cause = probe->cause,
                                  .copied = &probe->copied};
    int sent = request->tree.wanted ? tree_answer_send(report, &probe->guest, &probe->tree,
                                                       &probe->choice.menu.problems, &probe->copied)
                                    : answer_send(report, &answer);
    if (sent < 0)
        return error_set(err, ERROR_INTERNAL,
                         "more was found on the disks than an answer can hold");
    return 0;
}

int main(int argc, char **argv)
{
    static struct probe probe; /* large, and zeroed */
    struct report report = {.fd = CHILD_ANSWER_FD};
    struct probe_request request = {0};
    auto_error struct error err = ERROR_INIT;
    int status;

    if (!helper_arguments(FSPROBE_NAME, argc, argv, &status))
        return status;
    status = 0;
    if (run(&report, &probe, &request, &err) < 0)
        status = (request.tree.wanted
                      ? tree_answer_error(&report, &err, &probe.tree, probe.copied.failed)
                      : answer_error(&report, &err, probe.copied.failed)) < 0;
    probe_free(&probe);
    probe_request_free(&request);
    return status;
}
