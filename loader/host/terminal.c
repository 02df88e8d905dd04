/* A terminal for questions. See terminal.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"

/* How soon a held signal is noticed, and how long a terminal may take no output. Milliseconds. */
#define SLICE          100
#define WRITE_PATIENCE 30000

/* --- its modes --------------------------------------------------------------------------- */

static int set_modes(const struct terminal *terminal)
{
    struct termios raw = terminal->before;

    raw.c_iflag &= ~(tcflag_t)(ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(terminal->fd, TCSANOW, &raw);
}

int terminal_open(struct terminal *terminal, struct error *err)
{
    /* Opened once more: not blocking here must not be so for everybody else who has it open. */
    terminal->fd = open("/proc/self/fd/0", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (terminal->fd < 0 || tcgetattr(terminal->fd, &terminal->before) < 0 ||
        set_modes(terminal) < 0) {
        error_set_errno(err, ERROR_INTERNAL, "cannot ask anything on the terminal");
        return error_hint(err, "without --interactive nothing is asked");
    }
    terminal->changed = true;
    return 0;
}

void terminal_close(struct terminal *terminal)
{
    /* Without waiting for its output to be read: perhaps nobody will. */
    if (terminal->changed)
        (void)tcsetattr(terminal->fd, TCSANOW, &terminal->before);
    terminal->changed = false;
    close_fd(&terminal->fd);
}

/* --- to and fro -------------------------------------------------------------------------- */

/* Waits until EVENTS or UNTIL (a time of clock_ms(); -1: for ever). 1, 0 when the time is over, or
 * -1 with ERR. */
static int wait_for(const struct terminal *terminal, short events, int64_t until, struct error *err)
{
    for (;;) {
        struct pollfd wait = {terminal->fd, events, 0};
        int64_t left = until < 0 ? SLICE : until - clock_ms();
        int ready = poll(&wait, 1, left > SLICE ? SLICE : left < 0 ? 0 : (int)left);

        if (signals_pending())
            return error_set(err, ERROR_INTERRUPTED, "stopped by signal %d (%s)", signals_pending(),
                             strsignal(signals_pending()));
        if (ready > 0)
            return 1;
        if (ready < 0 && errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL, "cannot wait for the terminal");
        if (until >= 0 && clock_ms() >= until)
            return 0;
    }
}

int terminal_write(const struct terminal *terminal, const char *text, struct error *err)
{
    int64_t until = clock_ms() + WRITE_PATIENCE;

    for (size_t length = strlen(text); length;) {
        ssize_t count = write(terminal->fd, text, length);
        if (count < 0 && errno == EAGAIN) {
            int ready = wait_for(terminal, POLLOUT, until, err);
            if (ready < 0)
                return -1;
            errno = ETIMEDOUT;
            if (ready > 0)
                continue;
        }
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_set_errno(err, ERROR_INTERNAL, "cannot write to the terminal");
        text += count;
        length -= (size_t)count;
    }
    return 0;
}

int terminal_key(const struct terminal *terminal, int milliseconds, unsigned char *key,
                 struct error *err)
{
    int64_t until = milliseconds < 0 ? -1 : clock_ms() + milliseconds;

    for (;;) {
        int ready = wait_for(terminal, POLLIN, until, err);
        if (ready <= 0)
            return ready;
        ssize_t count = read(terminal->fd, key, 1);
        if (count == 1)
            return 1;
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        return count == 0 || errno == EIO
                   ? error_set(err, ERROR_INTERNAL, "the terminal was closed")
                   : error_set_errno(err, ERROR_INTERNAL, "cannot read from the terminal");
    }
}
