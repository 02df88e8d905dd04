/* Rows on a terminal. See screen.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/screen.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

#define PLACE   "\033[%u;%uH" /* row and column, from 1 */
#define CLEAR   "\033[m\033[H\033[2J"
#define END_ROW "\033[K"
#define REVERSE "\033[7m"
#define NORMAL  "\033[m"

/* --- which terminals --------------------------------------------------------------------- */

static bool matches(const char *term, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(term, names[i], length) == 0 && (!term[length] || term[length] == '-'))
            return true;
    }
    return false;
}

bool screen_can(const struct tty *tty, const char *term)
{
    /* What a terminal is called that moves no cursor, or by other sequences; all others that are
     * still in use understand these. */
    static const char *const cannot[] = {
        "dumb",  "unknown", "network", "dialup", "plugboard", "lpr",    "printer", "glasstty",
        "emacs", "vt52",    "adm3a",   "hp",     "wyse",      "tvi925", "ibm327x", "tek4014"};

    return term && *term && !matches(term, cannot, ARRAY_SIZE(cannot)) &&
           tty->rows >= SCREEN_ROWS_MIN && tty->columns >= SCREEN_COLUMNS_MIN;
}

/* --- its rows ---------------------------------------------------------------------------- */

static void forget(struct screen *screen)
{
    for (unsigned i = 0; i < screen->rows; i++) {
        replace_string(&screen->lines[i].wanted, NULL);
        replace_string(&screen->lines[i].shown, NULL);
    }
    free(screen->lines);
}

static void begin(struct screen *screen)
{
    screen->rows = screen->tty->rows;
    screen->columns = screen->tty->columns;
    screen->lines = xcalloc(screen->rows, sizeof *screen->lines);
    for (unsigned i = 0; i < screen->rows; i++)
        screen->lines[i].shown = xstrdup("");
    screen->cursor_row = screen->cursor_column = 0;
    tty_put(screen->tty, CLEAR);
}

void screen_open(struct screen *screen, struct tty *tty, bool marks)
{
    *screen = (struct screen){.tty = tty, .marks = marks};
    begin(screen);
}

void screen_resize(struct screen *screen)
{
    forget(screen);
    begin(screen);
}

void screen_close(struct screen *screen)
{
    tty_putf(screen->tty, NORMAL PLACE "\r\n", screen->rows, 1U);
    forget(screen);
    screen->lines = NULL;
    screen->rows = 0;
}

unsigned screen_width(const struct screen *screen)
{
    return screen->columns - 1;
}

void screen_clear(struct screen *screen)
{
    for (unsigned i = 0; i < screen->rows; i++)
        replace_string(&screen->lines[i].wanted, NULL);
}

void screen_set(struct screen *screen, unsigned row, bool reverse, const char *text)
{
    size_t width = screen_width(screen), length = strlen(text), used;
    size_t fits = utf8_fit(text, length, width, &used);

    if (row >= screen->rows)
        return;
    if (fits < length)
        fits = utf8_fit(text, length, width - 1, &used);
    reverse = reverse && screen->marks;
    replace_string(&screen->lines[row].wanted,
                   xasprintf("%s%.*s%s%s", reverse ? REVERSE : "", (int)fits, text,
                             fits < length ? "…" : "", reverse ? NORMAL : ""));
}

void screen_setf(struct screen *screen, unsigned row, bool reverse, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    screen_set(screen, row, reverse, text);
}

void screen_cursor(struct screen *screen, unsigned row, unsigned column)
{
    screen->cursor_row = row < screen->rows ? row : screen->rows - 1;
    screen->cursor_column = column < screen->columns ? column : screen->columns - 1;
}

void screen_draw(struct screen *screen)
{
    for (unsigned i = 0; i < screen->rows; i++) {
        struct screen_row *row = &screen->lines[i];
        const char *wanted = row->wanted ? row->wanted : "";
        if (strcmp(row->shown, wanted) == 0)
            continue;
        tty_putf(screen->tty, PLACE "%s" END_ROW, i + 1, 1U, wanted);
        replace_string(&row->shown, xstrdup(wanted));
    }
    tty_putf(screen->tty, PLACE, screen->cursor_row + 1, screen->cursor_column + 1);
}
