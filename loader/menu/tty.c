/* The terminal. See tty.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/tty.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/clock.h"

/* How long a terminal may take no output, and how long after Escape the rest of a key may take,
 * over a serial line of 1,200 baud, too. Milliseconds. */
#define WRITE_PATIENCE  30000
#define ESCAPE_PATIENCE 200
/* A screenful, with what moves the cursor in it. */
#define OUT_MAX (4 * TTY_ROWS_MAX * TTY_COLUMNS_MAX)

static volatile sig_atomic_t was_resized;
static sigset_t
    while_waiting; /* the signals that are blocked then: all that were, but SIGWINCH's */

static void note_resize(int number)
{
    (void)number;
    was_resized = true;
}

static unsigned bounded(unsigned value, unsigned otherwise, unsigned max)
{
    return !value ? otherwise : value < max ? value : max;
}

static void learn_size(struct tty *tty)
{
    struct winsize size = {0};

    (void)ioctl(tty->fd, TIOCGWINSZ, &size);
    tty->rows = bounded(size.ws_row, TTY_ROWS, TTY_ROWS_MAX);
    tty->columns = bounded(size.ws_col, TTY_COLUMNS, TTY_COLUMNS_MAX);
}

void tty_open(struct tty *tty, int fd)
{
    const struct sigaction action = {.sa_handler = note_resize};
    sigset_t resize;

    *tty = (struct tty){.fd = fd, .out = BUFFER_INIT(OUT_MAX)};
    /* It is seen while a key is waited for, and at no other moment. */
    sigemptyset(&resize);
    sigaddset(&resize, SIGWINCH);
    (void)sigprocmask(SIG_BLOCK, &resize, &while_waiting);
    sigdelset(&while_waiting, SIGWINCH);
    (void)sigaction(SIGWINCH, &action, NULL);
    learn_size(tty);
}

void tty_free(struct tty *tty)
{
    buffer_free(&tty->out);
}

/* --- to it ------------------------------------------------------------------------------- */

void tty_put(struct tty *tty, const char *text)
{
    (void)buffer_add_text(&tty->out, text);
}

void tty_putf(struct tty *tty, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    tty_put(tty, text);
}

/* Waits until it takes something. 0, or -1 with errno. */
static int wait_to_write(const struct tty *tty, int64_t until)
{
    struct pollfd wait = {tty->fd, POLLOUT, 0};
    int64_t left = until - clock_ms();
    int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;

    if (ready == 0)
        errno = ETIMEDOUT;
    return ready > 0 || (ready < 0 && errno == EINTR) ? 0 : -1;
}

int tty_flush(struct tty *tty, struct error *err)
{
    int64_t until = clock_ms() + WRITE_PATIENCE;
    const char *text = buffer_text(&tty->out);

    for (size_t left = tty->out.length; left;) {
        ssize_t count = write(tty->fd, text, left);
        if (count < 0 && errno == EAGAIN && wait_to_write(tty, until) == 0)
            continue;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_set_errno(err, ERROR_INTERNAL, "cannot write to the terminal");
        text += count;
        left -= (size_t)count;
    }
    buffer_clear(&tty->out);
    return 0;
}

/* --- from it ----------------------------------------------------------------------------- */

/* Waits for a byte until UNTIL, a time of clock_ms(); -1: for ever. 1 with *BYTE; 0 when none came,
 * or the size has changed; -1 with ERR. */
static int read_byte(struct tty *tty, int64_t until, unsigned char *byte, struct error *err)
{
    struct pollfd wait = {tty->fd, POLLIN, 0};

    while (!was_resized) {
        int64_t left = until < 0 ? 0 : until - clock_ms();
        struct timespec time = {left < 0 ? 0 : left / 1000,
                                left < 0 ? 0 : left % 1000 * INT64_C(1000000)};
        int ready = ppoll(&wait, 1, until < 0 ? NULL : &time, &while_waiting);
        ssize_t count = ready > 0 ? read(tty->fd, byte, 1) : -1;
        if (count == 1)
            return 1;
        if (count == 0 || (ready > 0 && errno == EIO))
            return error_set(err, ERROR_INTERNAL, "the terminal was closed");
        if (ready != 0 && errno != EAGAIN && errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL, "cannot read from the terminal");
        if (until >= 0 && clock_ms() >= until)
            return 0;
    }
    return 0;
}

/* Byte by byte, until one completes a key. As tty_key(). */
static int read_key(struct tty *tty, int64_t until, uint32_t *key, struct error *err)
{
    for (;;) {
        bool begun = tty->keys.state != KEYS_PLAIN || tty->keys.length;
        unsigned char byte = tty->again;
        int came =
            byte ? 1 : read_byte(tty, begun ? clock_ms() + ESCAPE_PATIENCE : until, &byte, err);

        tty->again = 0;
        if (came < 0)
            return -1;
        if (came == 0)
            return keys_end(&tty->keys, key);
        int taken = keys_take(&tty->keys, byte, key);
        if (taken == 2)
            tty->again = byte;
        if (taken)
            return 1;
    }
}

int tty_key(struct tty *tty, int milliseconds, uint32_t *key, struct error *err)
{
    if (tty_flush(tty, err) < 0)
        return -1;
    int came = read_key(tty, milliseconds < 0 ? -1 : clock_ms() + milliseconds, key, err);
    if (came == 0 && was_resized) {
        was_resized = false;
        learn_size(tty);
        *key = KEY_RESIZED;
        return 1;
    }
    return came;
}
