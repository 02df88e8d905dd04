/* Editing arguments. See edit.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/edit.h"

#include <string.h>

#include "common/escape.h"
#include "common/utf8.h"
#include "loader/menu/wait.h"

/* A walk through a line as it is laid out over rows. */
struct layout {
    unsigned width;
    unsigned row, column; /* where the next character comes */
};

/* Makes room for a character of COLUMNS. True: it is on another row than the last one. */
static bool place(struct layout *layout, unsigned columns)
{
    bool wraps = layout->column + columns > layout->width;

    if (wraps) {
        layout->row++;
        layout->column = 0;
    }
    layout->column += columns;
    return wraps;
}

/* Where the cursor comes in LINE behind BEFORE columns. */
static void find_cursor(const struct line *line, unsigned before, unsigned width, unsigned *row,
                        unsigned *column)
{
    struct layout layout = {.width = width, .column = before};
    char shown[LINE_SHOWN_MAX];
    unsigned columns;

    for (size_t at = 0; at < line->at;) {
        at += line_character(line->text + at, shown, &columns);
        (void)place(&layout, columns);
    }
    *row = layout.row;
    *column = layout.column;
}

void edit_show(struct screen *screen, const struct line *line, const char *before, unsigned row,
               unsigned height)
{
    unsigned indent = (unsigned)utf8_columns(before), cursor_row, cursor_column, columns;
    struct layout layout = {.width = screen_width(screen) - 1, .column = indent};
    auto_buffer struct buffer text = BUFFER_INIT(SIZE_MAX / 2);
    char shown[LINE_SHOWN_MAX];

    find_cursor(line, indent, layout.width, &cursor_row, &cursor_column);
    unsigned first = cursor_row < height ? 0 : cursor_row - height + 1;
    (void)buffer_add_text(&text, before);
    for (size_t at = 0; at < line->length && layout.row < first + height;) {
        unsigned on = layout.row;
        at += line_character(line->text + at, shown, &columns);
        if (place(&layout, columns)) {
            if (on >= first)
                screen_set(screen, row + on - first, false, buffer_text(&text));
            buffer_clear(&text);
        }
        (void)buffer_add_text(&text, shown);
    }
    if (layout.row < first + height)
        screen_set(screen, row + layout.row - first, false, buffer_text(&text));
    screen_cursor(screen, row + cursor_row - first, cursor_column);
}

static void draw(const struct menu *menu, struct screen *screen, const struct line *line)
{
    const struct menu_entry *entry = &menu->request->entries[menu->chosen];
    auto_free char *title = text_escape_again(entry->title, MENU_TITLE_MAX);
    unsigned rows = screen->rows;

    screen_clear(screen);
    screen_setf(screen, 0, false, " Arguments of entry %u: %s", entry->number, title);
    screen_set(screen, rows - 3, false,
               " Enter: boot with these, this time; Escape: back, nothing changed");
    screen_set(screen, rows - 2, false,
               " ^A, ^E: to the beginning, to the end; ^W, ^U, ^K: cut word, before, behind");
    edit_show(screen, line, " ", 2, rows > 6 ? rows - 6 : 1);
    screen_draw(screen);
}

int edit_run(struct menu *menu, struct screen *screen, enum menu_end *end, struct error *err)
{
    struct line line;
    uint32_t key;

    line_open(&line, menu->request->entries[menu->chosen].args);
    for (;;) {
        draw(menu, screen, &line);
        if (tty_key(menu->tty, -1, &key, err) < 0)
            return -1;
        if (key == KEY_RESIZED)
            screen_resize(screen);
        else if (key == KEY_ENTER || key == KEY_ESCAPE || key == KEY_INTERRUPT)
            break;
        else if (!line_take(&line, key))
            tty_put(menu->tty, "\a");
    }
    if (key == KEY_ENTER)
        menu_take_args(menu, line.text);
    *end = key == KEY_ENTER ? MENU_CHOSEN : key == KEY_ESCAPE ? MENU_GOES_ON : MENU_INTERRUPTED;
    return 0;
}
