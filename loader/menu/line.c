/* Editing a line. See line.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/line.h"

#include <stdio.h>
#include <string.h>

#include "common/escape.h"
#include "common/text.h"
#include "common/utf8.h"
#include "loader/menu/keys.h"

void line_open(struct line *line, const char *text)
{
    line->length = strnlen(text, MENU_ARGS_MAX);
    memcpy(line->text, text, line->length);
    line->text[line->length] = '\0';
    line->at = line->length;
}

/* Where the character ends that begins at AT. */
static size_t next(const struct line *line, size_t at)
{
    uint32_t c;
    size_t count = utf8_decode((const unsigned char *)line->text + at, line->length - at, &c);

    return at < line->length ? at + (count ? count : 1) : at;
}

/* Where the one begins that ends at AT. */
static size_t previous(const struct line *line, size_t at)
{
    size_t begin = at > 0 ? at - 1 : 0;

    while (begin > 0 && at - begin < UTF8_LENGTH_MAX && (line->text[begin] & 0xc0) == 0x80)
        begin--;
    return begin == at || next(line, begin) == at ? begin : at - 1;
}

static size_t previous_word(const struct line *line)
{
    size_t at = line->at;

    while (at > 0 && line->text[at - 1] == ' ')
        at--;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    return at;
}

/* Takes the bytes from FROM to END away; the cursor is there then. */
static void cut(struct line *line, size_t from, size_t end)
{
    memmove(line->text + from, line->text + end, line->length - end + 1);
    line->length -= end - from;
    line->at = from;
}

static bool insert(struct line *line, uint32_t c)
{
    char bytes[UTF8_LENGTH_MAX + 1] = "";
    size_t count = utf8_encode(c, bytes);

    if (count == 0 || !text_is_clean(bytes))
        return false;
    if (count > MENU_ARGS_MAX - line->length)
        return true;
    memmove(line->text + line->at + count, line->text + line->at, line->length - line->at + 1);
    memcpy(line->text + line->at, bytes, count);
    line->length += count;
    line->at += count;
    return true;
}

static bool move(struct line *line, size_t to)
{
    line->at = to;
    return true;
}

static bool edit(struct line *line, size_t from, size_t end)
{
    cut(line, from, end);
    return true;
}

bool line_take(struct line *line, uint32_t key)
{
    switch (key) {
    case KEY_LEFT:
    case KEY_CONTROL('B'):
        return move(line, previous(line, line->at));
    case KEY_RIGHT:
    case KEY_CONTROL('F'):
        return move(line, next(line, line->at));
    case KEY_HOME:
    case KEY_CONTROL('A'):
        return move(line, 0);
    case KEY_END:
    case KEY_CONTROL('E'):
        return move(line, line->length);
    case KEY_BACKSPACE:
    case KEY_DELETE_BACK:
        return edit(line, previous(line, line->at), line->at);
    case KEY_DELETE:
    case KEY_CONTROL('D'):
        return edit(line, line->at, next(line, line->at));
    case KEY_CONTROL('K'):
        return edit(line, line->at, line->length);
    case KEY_CONTROL('U'):
        return edit(line, 0, line->at);
    case KEY_CONTROL('W'):
        return edit(line, previous_word(line), line->at);
    default:
        return key >= ' ' && key < KEY_UP && insert(line, key);
    }
}

size_t line_character(const char *text, char shown[LINE_SHOWN_MAX], unsigned *columns)
{
    uint32_t c;
    size_t count = utf8_decode((const unsigned char *)text, strlen(text), &c);

    count = count ? count : 1;
    /* A backslash is one, and what is escaped begins with one. */
    auto_free char *safe =
        *text == '\\' ? xstrdup("\\") : text_escape_bytes(text, count, LINE_SHOWN_MAX - 1);
    snprintf(shown, LINE_SHOWN_MAX, "%s", safe);
    *columns = (unsigned)utf8_columns(shown);
    return count;
}
