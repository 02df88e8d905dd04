/* The menu of boot entries. See menu.h.
 *
 * Plain lines and nothing else: under xl all of it is kept in a log, and the terminal has no size.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/menu.h"

#include <string.h>
#include <unistd.h>

#include "common/escape.h"
#include "loader/host/terminal.h"

/* Characters of an answer that are kept; numbers are shorter. */
#define ANSWER_MAX 16
/* To the beginning of the line, which is cleared (ECMA-48; any vt100 can). */
#define AGAIN "\r\033[K"

enum {
    KEY_INTERRUPT = 0x03, /* ^C */
    KEY_END = 0x04,       /* ^D */
    KEY_BACKSPACE = 0x08,
    KEY_KILL = 0x15, /* ^U */
    KEY_ESCAPE = 0x1b,
    KEY_DELETE = 0x7f,
};

struct menu {
    struct terminal terminal;
    const struct probed *probed;
    size_t first, end;                               /* of the entries shown */
    unsigned chosen;                                 /* number of the entry that Enter takes */
    enum { PLAIN, AFTER_ESCAPE, IN_SEQUENCE } state; /* of a key that sends several bytes */
    char answer[ANSWER_MAX + 1];
    size_t length; /* of ANSWER */
};

/* --- what is shown ----------------------------------------------------------------------- */

/* The number of entry INDEX of the list; UINT_MAX past the end. */
static unsigned number_at(const struct probed *probed, size_t index)
{
    struct probed_entry entry;

    return probed_entry_at(probed, index, &entry) ? entry.number : (unsigned)-1;
}

/* Entries are listed configuration by configuration, in each by their numbers, and the chosen
 * configuration is the last that was looked at. */
void boot_menu_range(const struct probed *probed, size_t *first, size_t *end)
{
    struct probed_entry entry;
    size_t count = 0;

    *first = 0;
    while (probed_entry_at(probed, count, &entry))
        count++;
    *end = count;
    if (!count)
        return;
    if (probed_boot(probed, &entry)) {
        for (*first = count - 1; *first > 0; --*first)
            if (number_at(probed, *first - 1) >= number_at(probed, *first))
                break;
    } else {
        for (*end = 1; *end < count; ++*end)
            if (number_at(probed, *end) <= number_at(probed, *end - 1))
                break;
    }
}

static bool show_entry(const struct menu *menu, const struct probed_entry *entry,
                       struct buffer *out)
{
    auto_free char *title =
        text_escape_again(entry->title ? entry->title : entry->kernel, BOOT_MENU_TITLE_MAX);

    return buffer_addf(out, "%c %u  %s\r\n", entry->number == menu->chosen ? '*' : ' ',
                       entry->number, title);
}

static int show_entries(const struct menu *menu, struct error *err)
{
    auto_buffer struct buffer out =
        BUFFER_INIT(BOOT_MENU_SHOWN_MAX * 4 * BOOT_MENU_TITLE_MAX + BOOT_MENU_SHOWN_MAX * 32);
    struct probed_entry entry;
    size_t shown = 0;

    (void)buffer_add_text(&out, AGAIN "Boot entries (a number and Enter; Enter alone for *; q to "
                                      "end):\r\n");
    for (size_t i = menu->first; i < menu->end && shown < BOOT_MENU_SHOWN_MAX; i++, shown++)
        if (probed_entry_at(menu->probed, i, &entry))
            (void)show_entry(menu, &entry, &out);
    if (menu->end - menu->first > shown)
        (void)buffer_addf(&out, "  … and %zu more, up to %u\r\n", menu->end - menu->first - shown,
                          number_at(menu->probed, menu->end - 1));
    return terminal_write(&menu->terminal, buffer_text(&out), err);
}

static int show_prompt(const struct menu *menu, int seconds, struct error *err)
{
    auto_free char *left = seconds > 0 ? xasprintf(" (in %d s)", seconds) : xstrdup("");
    auto_free char *prompt =
        xasprintf(AGAIN "Boot entry [%u]%s: %s", menu->chosen, left, menu->answer);

    return terminal_write(&menu->terminal, prompt, err);
}

/* --- what is typed ----------------------------------------------------------------------- */

static int nothing_chosen(struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "nothing was chosen from the menu");
}

/* Takes a byte that belongs to a key which is none of ours (an arrow: ESC [ A). */
static bool is_of_sequence(struct menu *menu, unsigned char key)
{
    switch (menu->state) {
    case PLAIN:
        if (key == KEY_ESCAPE)
            menu->state = AFTER_ESCAPE;
        return key == KEY_ESCAPE;
    case AFTER_ESCAPE:
        menu->state = key == '[' || key == 'O' ? IN_SEQUENCE : PLAIN;
        return menu->state == IN_SEQUENCE;
    case IN_SEQUENCE:
        if (key >= 0x40 && key <= 0x7e)
            menu->state = PLAIN;
        /* A control character is a key of its own. */
        if (key < 0x20)
            menu->state = PLAIN;
        return key >= 0x20;
    }
    return false;
}

/* Takes KEY. 1 when the answer is complete, 0 when not, -1 with ERR. */
static int take_key(struct menu *menu, unsigned char key, struct error *err)
{
    if (is_of_sequence(menu, key))
        return 0;
    if (key == '\r' || key == '\n')
        return 1;
    if (key == KEY_INTERRUPT || key == KEY_END || (key == 'q' && !menu->length))
        return nothing_chosen(err);
    if (key == KEY_BACKSPACE || key == KEY_DELETE)
        menu->length -= menu->length > 0;
    else if (key == KEY_KILL)
        menu->length = 0;
    else if (key >= 0x20 && key < 0x7f && menu->length < ANSWER_MAX)
        menu->answer[menu->length++] = (char)key;
    menu->answer[menu->length] = '\0';
    return 0;
}

/* Waits TIMEOUT seconds for the first key. 1 with *KEY, 0 when none came, -1 with ERR. */
static int count_down(const struct menu *menu, int timeout, unsigned char *key, struct error *err)
{
    for (int left = timeout; left > 0; left--) {
        if (show_prompt(menu, left, err) < 0)
            return -1;
        int came = terminal_key(&menu->terminal, 1000, key, err);
        if (came != 0)
            return came;
    }
    return 0;
}

/* Reads an answer. 1; 0 when TIMEOUT (-1: none) is over without a key; -1 with ERR. */
static int read_answer(struct menu *menu, int timeout, struct error *err)
{
    unsigned char key;
    int result;

    menu->length = 0;
    menu->answer[0] = '\0';
    if (timeout >= 0) {
        result = count_down(menu, timeout, &key, err);
        if (result <= 0 || (result = take_key(menu, key, err)) != 0)
            return result;
    }
    do {
        if (show_prompt(menu, 0, err) < 0 || terminal_key(&menu->terminal, -1, &key, err) < 0)
            return -1;
        result = take_key(menu, key, err);
    } while (result == 0);
    return result;
}

/* Whether the answer is an entry's number, or empty; that entry is the chosen one then. */
static bool is_choice(struct menu *menu)
{
    uint64_t number;

    if (!menu->length)
        return true;
    if (!text_to_number(menu->answer, UINT32_MAX, &number))
        return false;
    for (size_t i = menu->first; i < menu->end; i++)
        if (number_at(menu->probed, i) == number) {
            menu->chosen = (unsigned)number;
            return true;
        }
    return false;
}

static int choose(struct menu *menu, int timeout, struct error *err)
{
    for (int tries = 0; tries < BOOT_MENU_TRIES; tries++) {
        int result = read_answer(menu, tries ? -1 : timeout, err);
        if (result < 0)
            return -1;
        if (is_choice(menu))
            return 0;
        auto_free char *text = xasprintf("\r\nThere is no entry '%s'.\r\n", menu->answer);
        if (terminal_write(&menu->terminal, text, err) < 0)
            return -1;
    }
    (void)nothing_chosen(err);
    return error_hint(err, "%d answers named no entry", BOOT_MENU_TRIES);
}

/* --- together ---------------------------------------------------------------------------- */

/* What selects the entry that was chosen; NULL: nothing has to, it is what boots anyway. Numbers
 * count in the first configuration of the guest: where that was passed over, the title says it. */
static char *selector(const struct menu *menu, unsigned boots)
{
    struct probed_entry entry;

    if (menu->chosen == boots)
        return NULL;
    for (size_t i = menu->first; menu->first && probed_entry_at(menu->probed, i, &entry); i++)
        if (entry.number == menu->chosen && entry.title)
            return xstrdup(entry.title);
    return xasprintf("%u", menu->chosen);
}

/* The entry that Enter takes: what boots; where that is nothing, though there is a menu, its
 * default, or else its first entry. False when there is no menu. */
static bool find_marked(const struct probed *probed, struct probed_entry *entry)
{
    if (probed_boot(probed, entry))
        return true;
    for (size_t i = 0; probed_entry_at(probed, i, entry); i++)
        if (entry->is_default)
            return true;
    return probed_entry_at(probed, 0, entry);
}

int boot_menu_choose(const struct probed *probed, int timeout, char **entry, struct error *err)
{
    struct menu menu = {.terminal = TERMINAL_INIT, .probed = probed};
    auto_error struct error ignored = ERROR_INIT;
    struct probed_entry chosen;

    *entry = NULL;
    if (!find_marked(probed, &chosen))
        return 0;
    menu.chosen = chosen.number;
    boot_menu_range(probed, &menu.first, &menu.end);
    int result = terminal_open(&menu.terminal, err);
    if (result == 0)
        result = show_entries(&menu, err);
    if (result == 0)
        result = choose(&menu, timeout, err);
    /* What comes next begins a line, whatever happened. */
    if (menu.terminal.changed)
        (void)!terminal_write(&menu.terminal, "\r\n", &ignored);
    terminal_close(&menu.terminal);
    if (result == 0)
        *entry = selector(&menu, chosen.number);
    return result;
}

bool boot_menu_wanted(const struct settings *settings)
{
    return settings->interactive && !settings->quiet && !settings->entry && !settings->kernel &&
           isatty(STDIN_FILENO);
}

int boot_menu_ask(const struct settings *settings, char *const *disks, size_t count,
                  const struct probe_want *want, char **entry, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    struct probe_want look;
    bool said;

    *entry = NULL;
    if (!boot_menu_wanted(settings))
        return 0;
    look = *want;
    look.outputs = NULL;
    if (probe_disks(settings, disks, count, &look, &probed, err) < 0)
        return -1;
    int timeout = probed_timeout(&probed, &said);
    return boot_menu_choose(&probed, said && timeout ? timeout : BOOT_MENU_TIMEOUT, entry, err);
}
