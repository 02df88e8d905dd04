/* eliloader cat DISK[:VOLUME] PATH: the bytes of a guest's file. See commands.h.
 *
 * The helper writes to a pipe, never to stdout: what stands there may be a file that a helper which
 * was taken over could overwrite, or a terminal, which is shown no byte that could command it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/memory.h"
#include "loader/commands/commands.h"
#include "loader/commands/look.h"

#define PUMP_CHUNK (64 * 1024)

/* What brings the helper's bytes to stdout, in a thread of its own: the helper is listened to
 * meanwhile. */
struct pump {
    int from;
    bool escape; /* for a terminal */
    int failed;  /* errno of a write; 0: none */
};

/* False when that failed. */
static bool put(struct pump *pump, const char *bytes, size_t length)
{
    while (length) {
        ssize_t count = write(STDOUT_FILENO, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            pump->failed = errno;
            return false;
        }
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* Lines stay lines. A character that is cut in two by a chunk's end is shown as its bytes. */
static bool put_escaped(struct pump *pump, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        size_t part = end ? (size_t)(end - bytes) - at : length - at;
        auto_free char *shown = text_escape_bytes(bytes + at, part, SIZE_MAX);
        if (!put(pump, shown, strlen(shown)) || (end && !put(pump, "\n", 1)))
            return false;
        at += part + (end != NULL);
    }
    return true;
}

static void *pump_run(void *context)
{
    struct pump *pump = context;
    auto_free char *chunk = xmalloc(PUMP_CHUNK);
    ssize_t count;

    while ((count = read(pump->from, chunk, PUMP_CHUNK)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 || !(pump->escape ? put_escaped : put)(pump, chunk, (size_t)count))
            break;
    }
    close_fd(&pump->from); /* so that the helper notices */
    return NULL;
}

static int print_file(const struct look *look, const char *path, struct error *err)
{
    static struct pump pump; /* outlives a run that was interrupted, and its thread */
    json_auto_t *answer = NULL;
    pthread_t thread;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a pipe");
    pump = (struct pump){.from = ends[0], .escape = isatty(STDOUT_FILENO) == 1};
    errno = pthread_create(&thread, NULL, pump_run, &pump);
    if (errno) {
        error_set_errno(err, ERROR_INTERNAL, "cannot start a thread");
        close_fd(&ends[0]);
        close_fd(&ends[1]);
        return -1;
    }
    int result = look_ask(look, path, false, ends[1], &answer, err);
    /* Whoever reads stdout may take for ever; that is no reason to wait. */
    if (result < 0 && err->name == ERROR_INTERRUPTED)
        return -1;
    (void)pthread_join(thread, NULL);
    if (result < 0 || pump.failed == 0 || pump.failed == EPIPE)
        return result;
    errno = pump.failed;
    return error_set_errno(err, ERROR_INTERNAL, "cannot write to stdout");
}

int command_cat(const struct settings *settings, struct error *err)
{
    auto_look struct look look = {.count = 0};

    if (settings->operand_count != 2)
        return error_set(
            err, ERROR_USAGE,
            "cat takes a DISK, or DISK:VOLUME, and one path in it (--help tells more)");
    signals_hold();
    if (look_parse(settings, &look, err) < 0)
        return -1;
    return print_file(&look, settings->operands[1], err);
}
