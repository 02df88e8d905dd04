/* The terminal that stdin is, for a helper that asks something there: keys as they are typed,
 * whatever its modes were, and those modes again in the end. It may be a person's, or the raw one
 * of 0 x 0 characters that libxl gives a bootloader. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HOST_TERMINAL_H
#define LOADER_HOST_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "common/error.h"
#include "common/memory.h"

struct terminal {
    int fd; /* our own opening of it, which does not wait: -1 when there is none */
    struct termios before;
    bool changed; /* BEFORE has to be put back */
};
#define TERMINAL_INIT \
    (struct terminal) \
    {                 \
        .fd = -1      \
    }

/* Opens it and takes its line editing, echo and signal keys away. Signals have to be held
 * (signals_hold()), so that none ends the program in between. 0, or -1 with ERR. */
int terminal_open(struct terminal *terminal, struct error *err) must_check;
/* Puts its modes back and closes it. */
void terminal_close(struct terminal *terminal);
#define auto_terminal __attribute__((cleanup(terminal_close)))

/* Ends the line that stands there, where a terminal is open that takes it now. */
void terminal_end_line(const struct terminal *terminal);

#endif
