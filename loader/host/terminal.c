/* A terminal for questions: its modes. See terminal.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/terminal.h"

#include <fcntl.h>
#include <unistd.h>

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

void terminal_end_line(const struct terminal *terminal)
{
    if (terminal->changed)
        (void)!write(terminal->fd, "\r\n", 2);
}
