/* Starts the helper `menu` on our terminal. See menu.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/menu.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/protocol/menu.h"
#include "common/text.h"
#include "common/utf8.h"
#include "loader/helpers/call.h"
#include "loader/helpers/member.h"
#include "loader/host/terminal.h"

void menu_choice_free(struct menu_choice *choice)
{
    replace_string(&choice->entry, NULL);
    replace_string(&choice->args, NULL);
    replace_string(&choice->kernel, NULL);
    replace_string(&choice->ramdisk, NULL);
}

/* --- the request ------------------------------------------------------------------------- */

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

/* As much of TEXT as the helper takes, which shows fewer bytes, and that it was longer. */
static json_t *title_json(const char *text)
{
    size_t length = strnlen(text, MENU_TITLE_MAX + UTF8_LENGTH_MAX);

    if (text[length])
        while (length > 0 && (text[length] & 0xc0) == 0x80)
            length--;
    json_t *title = json_stringn(text, length);
    return title ? title : json_string("(not UTF-8)");
}

/* ARGS, where they can be edited; *ROOM is what is left of MENU_ALL_ARGS_MAX. */
static json_t *args_json(const char *args, size_t *room)
{
    size_t length = strlen(args);

    if (length > MENU_ARGS_MAX || length > *room || !text_is_clean(args))
        return json_null();
    *room -= length;
    json_t *text = json_string(args);
    return text ? text : json_null();
}

static json_t *entries_json(const struct probed *probed)
{
    json_t *entries = json_array();
    size_t first, end, room = MENU_ALL_ARGS_MAX;
    struct probed_entry entry;

    probed_menu(probed, &first, &end);
    for (size_t i = first; i < end && probed_entry_at(probed, i, &entry); i++)
        json_array_append_new(
            entries, json_pack("{s:I,s:o,s:o}", "number", (json_int_t)entry.number, "title",
                               title_json(entry.title ? entry.title : entry.kernel), "args",
                               args_json(entry.args, &room)));
    return entries;
}

/* TERM, where that can be a terminal's name. */
static json_t *terminal_json(void)
{
    const char *term = getenv("TERM");
    json_t *name =
        term && strlen(term) <= MENU_TERM_MAX && text_is_clean(term) ? json_string(term) : NULL;

    return name ? name : json_null();
}

json_t *menu_request(const struct probed *probed, int timeout)
{
    const char *no_color = getenv("NO_COLOR");
    struct probed_entry chosen;

    if (!find_marked(probed, &chosen))
        return NULL;
    if (timeout > MENU_TIMEOUT_MAX)
        timeout = MENU_TIMEOUT_MAX;
    return json_pack("{s:o,s:I,s:o,s:o,s:b}", "entries", entries_json(probed), "default",
                     (json_int_t)chosen.number, "timeout",
                     timeout < 0 ? json_null() : json_integer(timeout), "terminal", terminal_json(),
                     "marks", !no_color || !*no_color);
}

/* --- the answer -------------------------------------------------------------------------- */

/* What selects entry NUMBER, which is on the menu; NULL: it is not. Numbers count in the first
 * configuration of the guest: where that was passed over, the title says it. */
static char *selector(const struct probed *probed, unsigned number)
{
    struct probed_entry entry;
    size_t first, end;

    probed_menu(probed, &first, &end);
    for (size_t i = first; i < end && probed_entry_at(probed, i, &entry); i++)
        if (entry.number == number)
            return first && entry.title ? xstrdup(entry.title) : xasprintf("%u", number);
    return NULL;
}

static int unfit(struct error *err)
{
    return error_set(err, ERROR_INTERNAL,
                     "the helper " MENU_NAME " gave an answer that is none of the menu's");
}

/* A path on the guest's disk, where it may be NULL. */
static bool is_path(const char *path)
{
    return !path || (path[0] == '/' && strlen(path) <= MENU_PATH_MAX && text_is_clean(path));
}

/* What was typed as commands: files, where CHOICE has the arguments already. */
static int read_files(const json_t *answer, struct menu_choice *choice, struct error *err)
{
    const char *kernel = member_text(answer, "kernel"), *ramdisk = member_text(answer, "ramdisk");

    if (!choice->args || !is_path(kernel) || !is_path(ramdisk))
        return unfit(err);
    choice->kernel = xstrdup(kernel);
    choice->ramdisk = ramdisk ? xstrdup(ramdisk) : NULL;
    return 0;
}

/* Which entry was chosen. */
static int read_entry(const struct probed *probed, const json_t *answer, struct menu_choice *choice,
                      struct error *err)
{
    struct probed_entry marked;
    uint64_t number;

    if (!member_number(answer, "number", UINT32_MAX, &number) || !find_marked(probed, &marked))
        return unfit(err);
    auto_free char *entry = selector(probed, (unsigned)number);
    if (!entry)
        return unfit(err);
    /* Arguments belong to one entry, which nothing may replace. */
    if (choice->args || number != marked.number)
        choice->entry = take_pointer(entry);
    return 0;
}

int menu_read(const struct probed *probed, const json_t *answer, struct menu_choice *choice,
              struct error *err)
{
    const char *left = member_text(answer, "left"), *args = member_text(answer, "args");
    const json_t *given = json_object_get(answer, "args");

    if (left)
        return error_set(err, strcmp(left, "interrupt") == 0 ? ERROR_INTERRUPTED : ERROR_INTERNAL,
                         "nothing was chosen from the menu");
    if ((!args && given && !json_is_null(given)) ||
        (args && (strlen(args) > MENU_ARGS_MAX || !text_is_clean(args))))
        return unfit(err);
    choice->args = args ? xstrdup(args) : NULL;
    int result = member_text(answer, "kernel") ? read_files(answer, choice, err)
                                               : read_entry(probed, answer, choice, err);
    if (result < 0)
        menu_choice_free(choice);
    return result;
}

/* --- together ---------------------------------------------------------------------------- */

static int run_helper(const char *request, int terminal, json_t **answer, struct error *err)
{
    /* A person has all the time that they want, and a countdown is the helper's. */
    const struct helper_call call = {
        .name = MENU_NAME, .request = request, .fds = &terminal, .fd_count = 1, .our_group = true};

    return helper_run(&call, answer, NULL, err);
}

/* Shows the entries of PROBED and waits. As menu_ask(). */
static int choose(const struct settings *settings, const struct probed *probed, int timeout,
                  struct menu_choice *choice, struct error *err)
{
    auto_terminal struct terminal terminal = TERMINAL_INIT;
    json_auto_t *request = menu_request(probed, timeout), *answer = NULL;

    if (!request)
        return 0;
    helper_add_user(request, settings);
    char *text = json_dumps(request, JSON_COMPACT);
    int result = terminal_open(&terminal, err);
    if (result == 0)
        result = run_helper(text, terminal.fd, &answer, err);
    free(text);
    /* What comes next begins a line, whatever happened. */
    terminal_end_line(&terminal);
    return result < 0 ? -1 : menu_read(probed, answer, choice, err);
}

bool menu_wanted(const struct settings *settings)
{
    return settings->interactive && !settings->quiet && !settings->entry && !settings->kernel &&
           isatty(STDIN_FILENO);
}

int menu_ask(const struct settings *settings, char *const *disks, size_t count,
             const struct probe_want *want, struct menu_choice *choice, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT;
    struct probe_want look;
    bool said;

    if (!menu_wanted(settings))
        return 0;
    look = *want;
    look.outputs = NULL;
    if (probe_disks(settings, disks, count, &look, &probed, err) < 0)
        return -1;
    int timeout = probed_timeout(&probed, &said);
    return choose(settings, &probed, said && timeout ? timeout : MENU_TIMEOUT_DEFAULT, choice, err);
}
