/* Fuzz target: the menu, whole: what a guest calls an entry, and what somebody types.
 *
 * Bit 0 of the first byte: on a screen, else in numbers. A title and arguments follow, each up to a
 * NUL, then the keys. Whatever they are, the terminal gets characters that are shown, and of escape
 * sequences those alone that the menu needs; what comes out is an entry with clean arguments, or
 * clean paths.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/protocol/menu.h"
#include "common/text.h"
#include "common/utf8.h"
#include "loader/menu/command.h"
#include "loader/menu/edit.h"
#include "loader/menu/full.h"
#include "loader/menu/keys.h"
#include "loader/menu/line.h"
#include "loader/menu/number.h"
#include "loader/menu/plain.h"
#include "loader/menu/screen.h"
#include "loader/menu/tty.h"

/* So that what is shown fits into a socket, where nobody reads it before the end. */
#define KEYS_MAX 64
#define ARGS_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The next text of DATA, up to MAX bytes. The caller frees. */
static char *take_text(const uint8_t **data, size_t *size, size_t max)
{
    size_t length = strnlen((const char *)*data, *size);
    char *text = xstrndup((const char *)*data, length < max ? length : max);

    length += length < *size;
    *data += length;
    *size -= length;
    return text;
}

/* Behind what TEXT begins with: a sequence of ours, a control, or a character that is shown. */
static const char *check_shown(const char *text)
{
    uint32_t c;

    if (*text == '\033') {
        must(text[1] == '[');
        text += 2 + strspn(text + 2, "0123456789;");
        must(*text && strchr("HJKm", *text));
        return text + 1;
    }
    if (strchr("\r\n\a\b", *text))
        return text + 1;
    size_t count = utf8_decode((const unsigned char *)text, strlen(text), &c);
    char one[UTF8_LENGTH_MAX + 1] = "";
    must(count > 0);
    memcpy(one, text, count);
    must(text_is_clean(one) && (c < 0x200b || c > 0x200f) && (c < 0x202a || c > 0x202e));
    return text + count;
}

static void check_output(int fd)
{
    static char shown[1024 * 1024];
    ssize_t length = 0, count;

    while ((count = read(fd, shown + length, sizeof shown - 1 - (size_t)length)) > 0)
        length += count;
    shown[length] = '\0';
    must(strlen(shown) == (size_t)length);
    for (const char *text = shown; *text;)
        text = check_shown(text);
}

static void check_end(const struct menu *menu, enum menu_end end)
{
    must(end != MENU_GOES_ON);
    if (end != MENU_CHOSEN)
        return;
    must(menu->chosen < menu->request->count);
    must(!menu->args || (strlen(menu->args) <= MENU_ARGS_MAX && text_is_clean(menu->args)));
    must(!menu->kernel || (menu->args && *menu->kernel == '/' && text_is_clean(menu->kernel)));
    must(!menu->ramdisk || !menu->kernel || *menu->ramdisk == '/');
}

static void run(const struct menu_request *request, bool whole, const uint8_t *keys, size_t size)
{
    auto_error struct error err = ERROR_INIT;
    struct menu menu = {.request = request, .chosen = request->chosen};
    struct tty tty;
    enum menu_end end = MENU_GOES_ON;
    int ends[2];

    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    must(write(ends[1], keys, size) == (ssize_t)size && shutdown(ends[1], SHUT_WR) == 0);
    tty_open(&tty, ends[0]);
    menu.tty = &tty;
    int result = whole ? full_run(&menu, &end, &err) : plain_run(&menu, &end, &err);
    must(tty_flush(&tty, &err) == 0);
    if (result == 0)
        check_end(&menu, end);
    else
        must(err.text != NULL);
    close(ends[0]);
    check_output(ends[1]);
    close(ends[1]);
    tty_free(&tty);
    replace_string(&menu.args, NULL);
    replace_string(&menu.kernel, NULL);
    replace_string(&menu.ramdisk, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    bool whole = *data++ & 1;
    size--;
    auto_free char *title = take_text(&data, &size, MENU_TITLE_MAX);
    auto_free char *args = take_text(&data, &size, ARGS_MAX);
    struct menu_entry entries[] = {
        {0, title, text_is_clean(args) ? args : NULL}, {1, "Linux", ""}, {30, "Linux", NULL}};
    const struct menu_request request = {.entries = entries,
                                         .count = ARRAY_SIZE(entries),
                                         .chosen = 1,
                                         .timeout = -1,
                                         .marks = true};

    run(&request, whole, data, size < KEYS_MAX ? size : KEYS_MAX);
    return 0;
}
