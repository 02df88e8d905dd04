/* A screen of rows, of which only those are written that have changed: a serial line of 9,600 baud
 * takes two seconds for a whole one.
 *
 * Four sequences are used, which every terminal of the last forty years has (VT100, ECMA-48): to a
 * place, clear the screen, clear the rest of a row, reverse video. So there is neither terminfo,
 * whose files and whose reader would have to be here before the confinement closes all files, nor
 * one more library for a package to ask for: ncurses would write the same four.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_SCREEN_H
#define LOADER_MENU_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/menu/tty.h"

/* Smaller ones have no room for what belongs on a screen. */
#define SCREEN_ROWS_MIN    9
#define SCREEN_COLUMNS_MIN 30

struct screen_row {
    char *wanted, *shown; /* owned; NULL: empty, and not known */
};

struct screen {
    struct tty *tty;
    bool marks;             /* reverse video is wanted */
    unsigned rows, columns; /* of the terminal; the last column stays empty */
    struct screen_row *lines;
    unsigned cursor_row, cursor_column;
};

/* Whether a terminal that calls itself TERM (NULL: it says nothing), of TTY's size, can show one.
 */
bool screen_can(const struct tty *tty, const char *term) must_check;

/* Begins with an empty one on TTY. */
void screen_open(struct screen *screen, struct tty *tty, bool marks);
/* Goes below what is shown, to a new line. */
void screen_close(struct screen *screen);

/* TTY has another size: all is drawn again. */
void screen_resize(struct screen *screen);
/* All rows are wanted empty. */
void screen_clear(struct screen *screen);
/* Row ROW, from 0, is to be TEXT, which is fit to be shown; what does not fit is cut off. Those
 * that are not there are passed over. */
void screen_set(struct screen *screen, unsigned row, bool reverse, const char *text);
void screen_setf(struct screen *screen, unsigned row, bool reverse, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Where the cursor is to stand, from 0. */
void screen_cursor(struct screen *screen, unsigned row, unsigned column);
/* Has TTY write what has changed, with its next tty_flush() or tty_key(). */
void screen_draw(struct screen *screen);

/* Columns that a row has for a text. */
unsigned screen_width(const struct screen *screen);

#endif
