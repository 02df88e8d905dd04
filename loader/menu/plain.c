/* Lines and an answer. See plain.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/plain.h"

#include <ctype.h>
#include <string.h>

#include "common/escape.h"
#include "loader/menu/line.h"
#include "loader/menu/number.h"
#include "loader/menu/wait.h"

struct plain {
    struct menu *menu;
    struct number answer;
    size_t shown; /* bytes of the prompt that stands there */
};

static const struct menu_entry *entry_at(const struct plain *plain, size_t index)
{
    return &plain->menu->request->entries[index];
}

/* --- what is shown ----------------------------------------------------------------------- */

static void show_entries(struct plain *plain)
{
    const struct menu_request *request = plain->menu->request;
    struct tty *tty = plain->menu->tty;
    size_t shown = request->count < PLAIN_SHOWN_MAX ? request->count : PLAIN_SHOWN_MAX;

    tty_put(tty,
            "\rBoot entries (a number and Enter; Enter alone for *; e and a number edits its\r\n"
            "arguments; q to end):\r\n");
    for (size_t i = 0; i < shown; i++) {
        auto_free char *title = text_escape_again(entry_at(plain, i)->title, MENU_TITLE_MAX);
        tty_putf(tty, "%c %u  %s\r\n", i == plain->menu->chosen ? '*' : ' ',
                 entry_at(plain, i)->number, title);
    }
    if (shown < request->count)
        tty_putf(tty, "  … and %zu more, up to %u\r\n", request->count - shown,
                 entry_at(plain, request->count - 1)->number);
}

/* In the place of the one that stands there. LEFT: seconds; -1: no countdown. */
static void show_prompt(struct plain *plain, int left)
{
    auto_free char *in = left >= 0 ? xasprintf(" (in %d s)", left) : xstrdup("");
    auto_free char *prompt =
        xasprintf("Boot entry [%u]%s: %s", entry_at(plain, plain->menu->chosen)->number, in,
                  plain->answer.text);
    size_t length = strlen(prompt);

    if (length < plain->shown)
        tty_putf(plain->menu->tty, "\r%s%*s", prompt, (int)(plain->shown - length), "");
    tty_putf(plain->menu->tty, "\r%s", prompt);
    plain->shown = length;
}

/* --- editing ----------------------------------------------------------------------------- */

/* The columns of all that is behind the first FROM bytes of TEXT, and, with TTY, shows it. */
static unsigned show_text(struct tty *tty, const char *text, size_t from)
{
    unsigned all = 0, columns;
    char shown[LINE_SHOWN_MAX];

    for (text += from; *text; all += columns) {
        text += line_character(text, shown, &columns);
        if (tty)
            tty_put(tty, shown);
    }
    return all;
}

/* Takes a KEY, which only changes what is at the end of LINE: there the cursor is. */
static void edit(struct tty *tty, struct line *line, uint32_t key)
{
    size_t length = line->length;
    unsigned before = show_text(NULL, line->text, 0);

    if (key == KEY_CONTROL('A') || key == KEY_CONTROL('B') || key > KEY_UP)
        return;
    (void)line_take(line, key);
    if (line->length > length)
        (void)show_text(tty, line->text, length);
    for (unsigned after = show_text(NULL, line->text, 0); after < before; after++)
        tty_put(tty, "\b \b");
}

/* The arguments of the chosen entry. As wait_key() of the keys; *END: MENU_GOES_ON after Escape. */
static int edit_args(struct plain *plain, enum menu_end *end, struct error *err)
{
    struct menu *menu = plain->menu;
    const struct menu_entry *entry = entry_at(plain, menu->chosen);
    struct line line;
    uint32_t key;

    *end = MENU_GOES_ON;
    if (!entry->args) {
        tty_put(menu->tty, "\r\nThese arguments are too long to be edited here.\r\n");
        return 0;
    }
    line_open(&line, entry->args);
    tty_putf(menu->tty, "\r\nArguments of entry %u (Enter boots with them, Escape goes back):\r\n",
             entry->number);
    (void)show_text(menu->tty, line.text, 0);
    for (;;) {
        if (tty_key(menu->tty, -1, &key, err) < 0)
            return -1;
        if (key == KEY_ENTER || key == KEY_ESCAPE || key == KEY_INTERRUPT)
            break;
        edit(menu->tty, &line, key);
    }
    tty_put(menu->tty, "\r\n");
    if (key == KEY_ENTER)
        menu_take_args(menu, line.text);
    *end = key == KEY_ENTER ? MENU_CHOSEN : key == KEY_ESCAPE ? MENU_GOES_ON : MENU_INTERRUPTED;
    return 0;
}

/* --- what is typed ----------------------------------------------------------------------- */

/* Takes KEY. Whether the answer is complete; *END says what else ends it. */
static bool take_key(struct plain *plain, uint32_t key, enum menu_end *end)
{
    *end = key == KEY_INTERRUPT                                              ? MENU_INTERRUPTED
           : key == KEY_END_OF_FILE || (key == 'q' && !plain->answer.length) ? MENU_QUIT
                                                                             : MENU_GOES_ON;
    if (*end == MENU_GOES_ON && key != KEY_ENTER)
        (void)number_take(&plain->answer, key);
    return *end != MENU_GOES_ON || key == KEY_ENTER;
}

/* Reads an answer; COUNTDOWN is stopped by the first key. */
static int read_answer(struct plain *plain, struct countdown *countdown, enum menu_end *end,
                       struct error *err)
{
    uint32_t key;

    plain->answer = (struct number){.length = 0};
    plain->shown = 0;
    do {
        show_prompt(plain, countdown_left(countdown));
        int came = countdown_key(countdown, plain->menu->tty, &key, err);
        *end = MENU_CHOSEN;
        if (came <= 0)
            return came;
    } while (!take_key(plain, key, end));
    return 0;
}

/* What the answer says: an entry's number, "e" and an entry's number, or nothing. Whether that is
 * an entry, which is the chosen one then; *EDITED: its arguments are to be edited. */
static bool is_choice(struct plain *plain, bool *edited)
{
    struct number number = {.length = 0};
    const char *text = plain->answer.text;

    *edited = *text == 'e' || *text == 'a';
    text += *edited;
    while (*edited && *text == ' ')
        text++;
    for (; *text; text++)
        (void)number_take(&number, (unsigned char)*text);
    return !number.length || number_names(&number, plain->menu->request, &plain->menu->chosen);
}

int plain_run(struct menu *menu, enum menu_end *end, struct error *err)
{
    struct plain plain = {.menu = menu};
    struct countdown countdown;
    bool edited;

    countdown_start(&countdown, menu->request->timeout);
    show_entries(&plain);
    for (int tries = 0; tries < MENU_TRIES;) {
        if (read_answer(&plain, &countdown, end, err) < 0)
            return -1;
        if (*end != MENU_GOES_ON)
            return 0;
        if (!is_choice(&plain, &edited)) {
            tty_putf(menu->tty, "\r\nThere is no entry '%s'.\r\n", plain.answer.text);
            tries++;
            continue;
        }
        *end = MENU_CHOSEN;
        if (edited && edit_args(&plain, end, err) < 0)
            return -1;
        if (*end != MENU_GOES_ON)
            return 0;
    }
    error_set(err, ERROR_INTERNAL, "nothing was chosen from the menu");
    return error_hint(err, "%d answers named no entry", MENU_TRIES);
}
