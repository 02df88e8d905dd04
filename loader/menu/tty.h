/* The terminal that the helper was given: text to it, keys from it, its size. Its modes are
 * eliloader's business.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_TTY_H
#define LOADER_MENU_TTY_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/text.h"
#include "loader/menu/keys.h"

/* What is assumed of one that does not know its size, as libxl's. */
#define TTY_ROWS    24
#define TTY_COLUMNS 80
/* More than a terminal has; what is beyond is not used. */
#define TTY_ROWS_MAX    500
#define TTY_COLUMNS_MAX 1000

struct tty {
    int fd; /* does not wait */
    unsigned rows, columns;
    struct keys keys;
    unsigned char again; /* a byte to be taken again, or 0 */
    struct buffer out;   /* what tty_flush() writes */
};

/* Begins with FD, and learns its size, now and whenever it is told of another one. */
void tty_open(struct tty *tty, int fd);
void tty_free(struct tty *tty);

/* Adds to what tty_flush() writes. */
void tty_put(struct tty *tty, const char *text);
void tty_putf(struct tty *tty, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* 0; or -1 with ERR: it is gone, or takes nothing for half a minute. */
int tty_flush(struct tty *tty, struct error *err) must_check;

/* Writes what is to be written, and waits MILLISECONDS (-1: for ever) for a key. 1 with *KEY; 0
 * when none came; -1 with ERR: it is gone. */
int tty_key(struct tty *tty, int milliseconds, uint32_t *key, struct error *err) must_check;

#endif
