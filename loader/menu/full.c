/* Entries on a screen. See full.h.
 *
 * Keys as in pygrub: arrows, Enter, e and a (the arguments), c (a command line), Escape. Beyond
 * pygrub's: numbers, pages, q and ^D, which end it without a choice.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/full.h"

#include <stdio.h>

#include "common/escape.h"
#include "loader/menu/command.h"
#include "loader/menu/edit.h"
#include "loader/menu/number.h"
#include "loader/menu/screen.h"
#include "loader/menu/wait.h"

/* Rows: the heading and an empty one, the entries, an empty one, the arguments, two of help, an
 * empty one, the message. */
#define ENTRIES_ROW 2
#define OTHER_ROWS  8

struct full {
    struct menu *menu;
    struct screen screen;
    struct countdown countdown;
    size_t first; /* index of the entry on the first of the rows */
    struct number number;
    char *message; /* in the place of the last row's; owned */
};

/* --- what is shown ----------------------------------------------------------------------- */

static size_t window(const struct full *full)
{
    return full->screen.rows > OTHER_ROWS ? full->screen.rows - OTHER_ROWS : 1;
}

/* Moves the window so that the chosen entry is in it: in its middle, where it was not. */
static void follow(struct full *full)
{
    size_t rows = window(full), count = full->menu->request->count, chosen = full->menu->chosen;

    if (chosen < full->first || chosen - full->first >= rows)
        full->first = chosen > rows / 2 ? chosen - rows / 2 : 0;
    if (count <= rows)
        full->first = 0;
    else if (full->first > count - rows)
        full->first = count - rows;
}

static void draw_entries(struct full *full)
{
    const struct menu_request *request = full->menu->request;
    int digits = snprintf(NULL, 0, "%u", request->entries[request->count - 1].number);

    for (size_t i = full->first; i < request->count && i - full->first < window(full); i++) {
        const struct menu_entry *entry = &request->entries[i];
        auto_free char *title = text_escape_again(entry->title, MENU_TITLE_MAX);
        bool chosen = i == full->menu->chosen;
        screen_setf(&full->screen, (unsigned)(ENTRIES_ROW + i - full->first), chosen,
                    " %c %*u  %s ", chosen ? '>' : ' ', digits, entry->number, title);
    }
}

static void draw_message(struct full *full, unsigned row)
{
    unsigned number = full->menu->request->entries[full->menu->chosen].number;
    int left = countdown_left(&full->countdown);
    auto_free char *text =
        full->message ? xstrdup(full->message)
        : left >= 0   ? xasprintf("Entry %u boots in %d s; any key stops that", number, left)
                      : xasprintf("Boot entry [%u]: %s", number, full->number.text);
    screen_setf(&full->screen, row, false, " %s", text);
    screen_cursor(&full->screen, row, (unsigned)(1 + utf8_columns(text)));
}

static void draw(struct full *full)
{
    const struct menu_request *request = full->menu->request;
    const char *args = request->entries[full->menu->chosen].args;
    auto_free char *safe =
        text_escape_again(args ? args : "(too long to be edited)", MENU_ARGS_MAX);
    struct screen *screen = &full->screen;
    unsigned rows = screen->rows;

    follow(full);
    screen_clear(screen);
    if (request->count > window(full))
        screen_setf(screen, 0, false, " Boot entries %zu to %zu of %zu", full->first + 1,
                    full->first + window(full), request->count);
    else
        screen_set(screen, 0, false, " Boot entries");
    draw_entries(full);
    screen_setf(screen, rows - 5, false, " Arguments: %s", safe);
    screen_set(screen, rows - 4, false,
               " Up, Down, Page Up, Page Down or a number: which one; Enter or b: boot it;");
    screen_set(screen, rows - 3, false,
               " e or a: edit its arguments, for this start; c: command line; q: none of them");
    draw_message(full, rows - 1);
    screen_draw(screen);
}

/* --- what is typed ----------------------------------------------------------------------- */

static void go(struct full *full, int64_t to)
{
    int64_t last = (int64_t)full->menu->request->count - 1;

    full->menu->chosen = (size_t)(to < 0 ? 0 : to > last ? last : to);
    full->number = (struct number){.length = 0};
}

/* Takes KEY where it moves to another entry. */
static bool take_move(struct full *full, uint32_t key)
{
    int64_t at = (int64_t)full->menu->chosen, page = (int64_t)window(full);

    switch (key) {
    case KEY_UP:
    case KEY_CONTROL('P'):
        go(full, at - 1);
        return true;
    case KEY_DOWN:
    case KEY_CONTROL('N'):
        go(full, at + 1);
        return true;
    case KEY_PAGE_UP:
        go(full, at - page);
        return true;
    case KEY_PAGE_DOWN:
        go(full, at + page);
        return true;
    case KEY_HOME:
        go(full, 0);
        return true;
    case KEY_END:
        go(full, INT64_MAX);
        return true;
    default:
        return false;
    }
}

/* Enter: what was typed may be no entry's number. */
static enum menu_end take_enter(struct full *full)
{
    size_t ignored;

    if (!full->number.length || number_names(&full->number, full->menu->request, &ignored))
        return MENU_CHOSEN;
    full->message = xasprintf("There is no entry '%s'.", full->number.text);
    full->number = (struct number){.length = 0};
    return MENU_GOES_ON;
}

/* Takes KEY where it belongs to a number. */
static bool take_number(struct full *full, uint32_t key)
{
    bool edits = key == KEY_BACKSPACE || key == KEY_DELETE_BACK || key == KEY_CONTROL('U');

    if (!edits && (key < '0' || key > '9'))
        return false;
    (void)number_take(&full->number, key);
    (void)!number_names(&full->number, full->menu->request, &full->menu->chosen);
    return true;
}

static int take_edit(struct full *full, enum menu_end *end, struct error *err)
{
    full->number = (struct number){.length = 0};
    if (!full->menu->request->entries[full->menu->chosen].args) {
        full->message = xstrdup("The arguments of this entry are too long to be edited here.");
        return 0;
    }
    return edit_run(full->menu, &full->screen, end, err);
}

/* Takes KEY. 0 with *END, or -1 with ERR. */
static int take_key(struct full *full, uint32_t key, enum menu_end *end, struct error *err)
{
    *end = MENU_GOES_ON;
    if (key == KEY_RESIZED) {
        if (full->screen.rows != full->menu->tty->rows ||
            full->screen.columns != full->menu->tty->columns)
            screen_resize(&full->screen);
        return 0;
    }
    replace_string(&full->message, NULL);
    if (key == 'e' || key == 'a')
        return take_edit(full, end, err);
    if (key == 'c')
        return command_run(full->menu, &full->screen, end, err);
    if (key == KEY_ENTER || key == 'b')
        *end = take_enter(full);
    else if (key == 'q' || key == KEY_END_OF_FILE)
        *end = MENU_QUIT;
    else if (key == KEY_INTERRUPT)
        *end = MENU_INTERRUPTED;
    else if (key == KEY_ESCAPE)
        full->number = (struct number){.length = 0};
    else if (!take_move(full, key) && !take_number(full, key))
        tty_put(full->menu->tty, "\a");
    return 0;
}

static int choose(struct full *full, enum menu_end *end, struct error *err)
{
    uint32_t key;

    do {
        draw(full);
        int came = countdown_key(&full->countdown, full->menu->tty, &key, err);
        *end = MENU_CHOSEN;
        if (came < 0 || (came > 0 && take_key(full, key, end, err) < 0))
            return -1;
    } while (*end == MENU_GOES_ON);
    return 0;
}

int full_run(struct menu *menu, enum menu_end *end, struct error *err)
{
    struct full full = {.menu = menu};

    countdown_start(&full.countdown, menu->request->timeout);
    screen_open(&full.screen, menu->tty, menu->request->marks);
    int result = choose(&full, end, err);
    screen_close(&full.screen);
    replace_string(&full.message, NULL);
    return result;
}
