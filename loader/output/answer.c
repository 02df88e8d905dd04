/* The answer to the toolstack. See answer.h; the forms are what pygrub answers, as libxl (simple0)
 * and xenopsd (simple) parse it, and as xend did (sxp).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/output/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"

#define ANSWER_MAX (4 * ANSWER_ITEM_MAX)
/* How long whoever reads the answer may keep us waiting, in milliseconds. */
#define WRITE_PATIENCE 30000

/* One item may neither end its line nor, in sxp, its bracket. FORBIDDEN: what sxp reads as
 * more than text in this place. The value is not shown: args may hold passwords. */
static int check_item(const char *key, const char *value, enum answer_format format,
                      const char *forbidden, struct error *err)
{
    if (!text_is_clean(value))
        return error_set(err, ERROR_INTERNAL,
                         "cannot give the toolstack the %s: there are control characters in it",
                         key);
    if (format == ANSWER_SXP && strpbrk(value, forbidden))
        return error_set(err, ERROR_INTERNAL,
                         "cannot give the toolstack the %s as sxp, where none of the characters "
                         "%s may stand; use --output-format=simple",
                         key, forbidden);
    if (strlen(key) + 1 + strlen(value) >= ANSWER_ITEM_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "cannot give the toolstack the %s: they are %zu bytes long, and it takes "
                         "less than %d",
                         key, strlen(value), ANSWER_ITEM_MAX);
    return 0;
}

static int check_path(const char *key, const char *path, enum answer_format format,
                      struct error *err)
{
    if (path[0] != '/')
        return error_set(err, ERROR_INTERNAL, "the %s's path '%s' is not absolute", key, path);
    if (check_item(key, path, format, " ()\"'\\", err) == 0)
        return 0;
    return error_hint(err, "its path is '%s'", path);
}

static bool render_lines(const struct answer *answer, char end, struct buffer *out)
{
    const char *const items[][2] = {
        {"kernel", answer->kernel}, {"ramdisk", answer->ramdisk}, {"args", answer->args}};

    for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
        if (!items[i][1] || !*items[i][1])
            continue;
        (void)buffer_addf(out, "%s %s", items[i][0], items[i][1]);
        (void)buffer_add(out, &end, 1);
    }
    return buffer_add(out, &end, 1);
}

static bool render_sxp(const struct answer *answer, struct buffer *out)
{
    (void)buffer_addf(out, "linux (kernel %s)", answer->kernel);
    if (answer->ramdisk)
        (void)buffer_addf(out, "(ramdisk %s)", answer->ramdisk);
    if (answer->args && *answer->args)
        (void)buffer_addf(out, "(args \"%s\")", answer->args);
    return buffer_add_text(out, "\n");
}

int answer_render(const struct answer *answer, enum answer_format format, struct buffer *out,
                  struct error *err)
{
    bool whole;

    if (check_path("kernel", answer->kernel, format, err) < 0 ||
        (answer->ramdisk && check_path("ramdisk", answer->ramdisk, format, err) < 0) ||
        (answer->args && check_item("args", answer->args, format, "\"\\", err) < 0))
        return -1;
    if (format == ANSWER_SXP)
        whole = render_sxp(answer, out);
    else
        whole = render_lines(answer, format == ANSWER_SIMPLE0 ? '\0' : '\n', out);
    return whole ? 0 : error_set(err, ERROR_INTERNAL, "the answer to the toolstack is too long");
}

/* Writes without being held up for ever by a reader that is not there. */
static int write_patiently(int fd, const char *bytes, size_t length)
{
    while (length) {
        struct pollfd writable = {fd, POLLOUT, 0};
        int ready = poll(&writable, 1, WRITE_PATIENCE);

        if (ready == 0)
            errno = ETIMEDOUT;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return -1;
        ssize_t count = write(fd, bytes, length);
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (count < 0)
            return -1;
        bytes += count;
        length -= (size_t)count;
    }
    return 0;
}

static int write_to_file(const char *path, const struct buffer *text, struct error *err)
{
    struct stat status;
    /* Where others can write, a link could lead to any file of root's. libxl's file stands in a
     * directory of root's, and so may what it is below. */
    auto_fd int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

    if (fd < 0) {
        if (errno == ELOOP)
            return error_set(err, ERROR_INTERNAL,
                             "cannot write the answer to %s: it is a symbolic link, which --output "
                             "does not follow ('-' is stdout)",
                             path);
        error_set_errno(err, ERROR_INTERNAL, "cannot write the answer to %s", path);
        return errno == ENOENT ? error_hint(err, "--output names a file that is there already")
                               : -1;
    }
    if (fstat(fd, &status) < 0 || (S_ISREG(status.st_mode) && ftruncate(fd, 0) < 0) ||
        write_patiently(fd, text->data, text->length) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the answer to %s", path);
    int taken = take_fd(&fd);
    if (close(taken) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the answer to %s", path);
    return 0;
}

void answer_warn_of_length(const char *args)
{
    if (strlen(args) > PV_COMMAND_LINE_MAX)
        log_warning("the kernel's arguments are %zu bytes long; a PV guest gets the first %d",
                    strlen(args), PV_COMMAND_LINE_MAX);
}

int answer_deliver(const struct answer *answer, enum answer_format format, const char *output,
                   struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(ANSWER_MAX);

    if (answer_render(answer, format, &text, err) < 0)
        return -1;
    if (output && strcmp(output, "-") != 0)
        return write_to_file(output, &text, err);
    if (write_patiently(STDOUT_FILENO, text.data, text.length) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write the answer to stdout");
    return 0;
}
