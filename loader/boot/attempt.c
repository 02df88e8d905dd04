/* One way to boot, tried. See attempt.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/attempt.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/limits.h"
#include "loader/boot/native.h"
#include "loader/boot/unpack.h"

/* Bytes. */
#define COMPARE_CHUNK (64 * 1024)

void attempt_free(struct attempt *attempt)
{
    outputs_free(&attempt->outputs);
    replace_string(&attempt->args, NULL);
    error_clear(&attempt->why);
    attempt->blank = false;
}

/* A failure is kept, but for one after which nothing is to be tried. */
static int keep_failure(struct attempt *attempt, struct error *err)
{
    if (attempt->why.name == ERROR_INTERRUPTED || attempt->why.name == ERROR_USAGE ||
        attempt->why.name == ERROR_KERNEL)
        return error_set(err, attempt->why.name, "%s", attempt->why.text);
    /* What it copied before it failed is in nobody's way then. */
    outputs_free(&attempt->outputs);
    return 0;
}

int attempt_pygrub(const struct boot_context *boot, const struct handoff *handoff,
                   struct attempt *attempt, struct error *err)
{
    const struct settings *settings = boot->settings;
    struct handoff within = *handoff;
    auto_free char *who = xasprintf("VM %s: the kernel that pygrub found", boot->record->id);

    attempt_free(attempt);
    if (outputs_open(&attempt->outputs, settings->output_directory, true, err) < 0)
        return -1;
    /* What was tried before has its files there still, to be compared. */
    if (limits_fit_alike(settings, settings->output_directory, &within.kernel_max,
                         &within.ramdisk_max, &attempt->why) == 0 &&
        handoff_pygrub(settings, &within, &attempt->outputs, &attempt->args, &attempt->why) == 0 &&
        kernel_support_check(settings, attempt->outputs.kernel.fd, boot->kind, who,
                             &attempt->why) == 0 &&
        unpack_kernel(settings, boot->kind, within.kernel_max, who, &attempt->outputs,
                      &attempt->why) == 0)
        return 0;
    replace_string(&attempt->args, NULL);
    return keep_failure(attempt, err);
}

int attempt_native(const struct boot_context *boot, const struct boot_plan *plan, bool no_copy,
                   struct probed *probed, struct attempt *attempt, struct error *err)
{
    const struct settings *settings = boot->settings;
    struct probe_want want = plan->want;

    attempt_free(attempt);
    if (!no_copy) {
        if (outputs_open(&attempt->outputs, settings->output_directory, true, err) < 0)
            return -1;
        want.outputs = &attempt->outputs;
    }
    if (native_boot(settings, plan->disks, plan->disk_count, &want, plan->args, probed,
                    &attempt->args, &attempt->why) == 0)
        return no_copy ? 0 : outputs_name(&attempt->outputs, err);
    replace_string(&attempt->args, NULL);
    attempt->blank = probed_all_blank(probed);
    return keep_failure(attempt, err);
}

/* --- the same boot? ---------------------------------------------------------------------- */

static bool same_file(const struct output_file *a, const struct output_file *b)
{
    struct stat of_a, of_b;
    off_t offset = 0;

    if (a->fd < 0 || b->fd < 0)
        return a->fd < 0 && b->fd < 0;
    if (fstat(a->fd, &of_a) < 0 || fstat(b->fd, &of_b) < 0 || of_a.st_size != of_b.st_size)
        return false;
    auto_free char *chunk_a = xmalloc(COMPARE_CHUNK), *chunk_b = xmalloc(COMPARE_CHUNK);
    while (offset < of_a.st_size) {
        ssize_t got_a = pread_all(a->fd, chunk_a, COMPARE_CHUNK, offset);
        ssize_t got_b = pread_all(b->fd, chunk_b, COMPARE_CHUNK, offset);
        if (got_a <= 0 || got_a != got_b || memcmp(chunk_a, chunk_b, (size_t)got_a) != 0)
            return false;
        offset += got_a;
    }
    return true;
}

bool attempt_same(const struct attempt *a, const struct attempt *b)
{
    return a->args && b->args && same_file(&a->outputs.kernel, &b->outputs.kernel) &&
           same_file(&a->outputs.ramdisk, &b->outputs.ramdisk);
}
