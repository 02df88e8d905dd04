/* Commands. See command.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/command.h"

#include <string.h>

#include "common/escape.h"
#include "common/text.h"
#include "loader/menu/edit.h"
#include "loader/menu/line.h"

/* Rows: two of heading and an empty one, the last commands, the one that is typed, the message. */
#define FIRST_ROW   3
#define SHOWN_MAX   5 /* commands that are still shown */
#define SHOWN_BYTES 256

/* --- what they mean ---------------------------------------------------------------------- */

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* The path that TEXT begins with into *PATH. What is behind it; NULL: it is none. */
static const char *take_path(const char *text, char **path)
{
    size_t length = strcspn(text, " ");

    if (*text != '/' || length > MENU_PATH_MAX)
        return NULL;
    replace_string(path, xstrndup(text, length));
    text += length;
    return text + strspn(text, " ");
}

static const char *take_kernel(struct menu *menu, const char *text)
{
    const char *args = take_path(text, &menu->kernel);

    if (!args)
        return "kernel is followed by the path of a file of the guest, from / on";
    replace_string(&menu->args, xstrdup(args));
    return NULL;
}

const char *command_take(struct menu *menu, const char *text, enum menu_end *end)
{
    *end = MENU_GOES_ON;
    text += strspn(text, " ");
    size_t length = strcspn(text, " ");
    const char *rest = text + length + strspn(text + length, " ");

    if (is_word(text, length, "kernel") || is_word(text, length, "linux"))
        return take_kernel(menu, rest);
    if (is_word(text, length, "initrd") || is_word(text, length, "ramdisk"))
        return take_path(rest, &menu->ramdisk)
                   ? NULL
                   : "initrd is followed by the path of a file of the guest, from / on";
    if (!is_word(text, length, "boot"))
        return "there are the commands kernel, initrd, boot and quit";
    if (!menu->kernel)
        return "there is no kernel yet: say kernel /PATH ARGUMENTS before";
    *end = MENU_CHOSEN;
    return NULL;
}

static bool leaves(const char *text)
{
    return !*text || strcmp(text, "quit") == 0 || strcmp(text, "return") == 0;
}

static void forget(struct menu *menu)
{
    replace_string(&menu->kernel, NULL);
    replace_string(&menu->ramdisk, NULL);
    replace_string(&menu->args, NULL);
}

/* --- on the screen ----------------------------------------------------------------------- */

struct typed {
    struct menu *menu;
    struct screen *screen;
    char *shown[SHOWN_MAX]; /* the last commands, fit to be shown; owned */
    unsigned count;
    struct line line;
    const char *message; /* or NULL */
};

static void remember(struct typed *typed)
{
    if (typed->count == SHOWN_MAX) {
        replace_string(&typed->shown[0], NULL);
        memmove(typed->shown, typed->shown + 1, (SHOWN_MAX - 1) * sizeof *typed->shown);
        typed->count--;
    }
    typed->shown[typed->count++] = text_escape_again(typed->line.text, SHOWN_BYTES);
}

static void draw(struct typed *typed)
{
    struct screen *screen = typed->screen;
    unsigned rows = screen->rows, room = rows > FIRST_ROW + 3 ? rows - FIRST_ROW - 3 : 0;
    unsigned shown = typed->count < room ? typed->count : room, row = FIRST_ROW + shown;

    screen_clear(screen);
    screen_set(screen, 0, false,
               " kernel /PATH ARGUMENTS, initrd /PATH (files of the guest), boot;");
    screen_set(screen, 1, false, " quit or Escape: back to the menu");
    for (unsigned i = 0; i < shown; i++)
        screen_setf(screen, FIRST_ROW + i, false, " > %s", typed->shown[typed->count - shown + i]);
    if (typed->message)
        screen_setf(screen, rows - 1, false, " %s", typed->message);
    edit_show(screen, &typed->line, " > ", row, rows > row + 2 ? rows - row - 2 : 1);
    screen_draw(screen);
}

/* Takes KEY. *END is MENU_QUIT when it is to go back to the menu. */
static void take_key(struct typed *typed, uint32_t key, enum menu_end *end)
{
    *end = key == KEY_INTERRUPT                                                  ? MENU_INTERRUPTED
           : key == KEY_ESCAPE || (key == KEY_ENTER && leaves(typed->line.text)) ? MENU_QUIT
                                                                                 : MENU_GOES_ON;
    if (*end != MENU_GOES_ON)
        return;
    if (key == KEY_RESIZED) {
        screen_resize(typed->screen);
    } else if (key == KEY_ENTER) {
        remember(typed);
        typed->message = command_take(typed->menu, typed->line.text, end);
        line_open(&typed->line, "");
    } else {
        typed->message = NULL;
        if (!line_take(&typed->line, key))
            tty_put(typed->menu->tty, "\a");
    }
}

static int take_commands(struct typed *typed, enum menu_end *end, struct error *err)
{
    uint32_t key;

    do {
        draw(typed);
        if (tty_key(typed->menu->tty, -1, &key, err) < 0)
            return -1;
        take_key(typed, key, end);
    } while (*end == MENU_GOES_ON);
    if (*end != MENU_CHOSEN)
        forget(typed->menu);
    if (*end == MENU_QUIT)
        *end = MENU_GOES_ON;
    return 0;
}

int command_run(struct menu *menu, struct screen *screen, enum menu_end *end, struct error *err)
{
    struct typed typed = {.menu = menu, .screen = screen};

    line_open(&typed.line, "");
    int result = take_commands(&typed, end, err);
    while (typed.count > 0)
        replace_string(&typed.shown[--typed.count], NULL);
    return result;
}
