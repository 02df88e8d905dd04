/* Lines, words and paths of boot configurations. See config_text.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/config_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool config_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

void config_lines_start(struct config_lines *lines, const char *path, const char *text,
                        size_t length, struct menu *menu)
{
    static const char mark[] = "\xef\xbb\xbf";

    *lines = (struct config_lines){.path = path, .menu = menu, .at = text, .end = text + length};
    lines->line = BUFFER_INIT(CONFIG_LINE_MAX);
    if (length >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0)
        lines->at += sizeof mark - 1;
}

void config_lines_free(struct config_lines *lines)
{
    buffer_free(&lines->line);
}

/* The length of the bytes without white space at their end. */
static size_t trimmed(const char *text, size_t length)
{
    while (length > 0 && config_is_blank(text[length - 1]))
        length--;
    return length;
}

/* Adds the next line of the file to `line`, up to a NUL in it. True when it ends in a
 * backslash that joins the next one to it: a space then stands in the backslash's place. */
static bool add_line(struct config_lines *lines)
{
    size_t room = (size_t)(lines->end - lines->at);
    const char *newline = memchr(lines->at, '\n', room);
    size_t length = newline ? (size_t)(newline - lines->at) : room;
    const char *nul = memchr(lines->at, '\0', length);
    size_t kept = nul ? (size_t)(nul - lines->at) : length;

    lines->number++;
    if (nul)
        menu_problem(lines->menu, "%s line %zu: a NUL byte, the rest of the line is ignored",
                     lines->path, lines->number);
    while (kept > 0 && lines->at[kept - 1] == '\r')
        kept--;
    bool joins = lines->continues && newline && !nul && kept > 0 && lines->at[kept - 1] == '\\';
    buffer_add(&lines->line, lines->at, joins ? kept - 1 : kept);
    if (joins)
        buffer_add_text(&lines->line, " ");
    lines->at = newline ? newline + 1 : lines->end;
    return joins;
}

/* A whole line, joined, into `line`; false at the end of the file. */
static bool read_line(struct config_lines *lines)
{
    buffer_clear(&lines->line);
    do {
        if (lines->at == lines->end)
            return lines->line.length > 0 || lines->line.full;
        if (lines->number == CONFIG_LINES_MAX) {
            menu_no_default(lines->menu, "%s has more than %d lines: the rest is ignored",
                            lines->path, CONFIG_LINES_MAX);
            lines->at = lines->end;
            return false;
        }
    } while (add_line(lines));
    return true;
}

char *config_lines_next(struct config_lines *lines)
{
    while (read_line(lines)) {
        struct buffer *line = &lines->line;

        if (line->full) {
            menu_problem(lines->menu, "%s line %zu is longer than %d bytes: it is ignored",
                         lines->path, lines->number, CONFIG_LINE_MAX);
            continue;
        }
        line->length = trimmed(buffer_text(line), line->length);
        if (line->length == 0)
            continue;
        line->data[line->length] = '\0';
        return line->data + strspn(line->data, " \t\r\v\f");
    }
    return NULL;
}

char *config_cut_word(char **at)
{
    char *word = *at + strspn(*at, " \t\r\v\f"), *p = word + strcspn(word, " \t\r\v\f");

    if (*p)
        *p++ = '\0';
    *at = p + strspn(p, " \t\r\v\f");
    return word;
}

bool config_ends_in(const char *text, const char *suffix)
{
    size_t length = strlen(text), end = strlen(suffix);

    return length >= end && strcasecmp(text + length - end, suffix) == 0;
}

char *config_small_letters(const char *text)
{
    char *copy = xstrdup(text);

    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return copy;
}

char *config_unquote(char *text)
{
    size_t length = strlen(text);

    if (length < 2 || text[0] != '"' || text[length - 1] != '"')
        return text;
    text[length - 1] = '\0';
    return text + 1;
}

char *config_join_words(const char *text)
{
    char *joined = xmalloc(strlen(text) + 1), *out = joined;
    bool quoted = false;

    for (const char *p = text; *p; p++) {
        if (*p == '"')
            quoted = !quoted;
        /* A variable's value may hold a newline. */
        if (!config_is_blank(*p) && *p != '\n')
            *out++ = *p;
        else if (quoted || (out > joined && out[-1] != ' '))
            *out++ = ' ';
    }
    while (out > joined && out[-1] == ' ')
        out--;
    *out = '\0';
    return joined;
}

char *config_join(const char *first, const char *second)
{
    return xasprintf("%s%s%s", first, *first && *second ? " " : "", second);
}

char *config_directory(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup("");
}

/* Appends the parts of PATH to the LENGTH bytes at OUT, which has room for them. */
static size_t add_parts(char *out, size_t length, const char *path)
{
    while (*path) {
        size_t part = strcspn(path, "/");

        if (part == 2 && memcmp(path, "..", 2) == 0) {
            while (length > 0 && out[--length] != '/')
                ;
        } else if (part > 0 && !(part == 1 && *path == '.')) {
            out[length++] = '/';
            memcpy(out + length, path, part);
            length += part;
        }
        path += part;
        path += *path == '/';
    }
    return length;
}

char *config_absolute_path(const char *directory, const char *path)
{
    /* Every part takes its own length and one slash: a slash more than both at most. */
    char *out = xmalloc(strlen(directory) + strlen(path) + 3);
    size_t length = 0;

    if (*path != '/')
        length = add_parts(out, length, directory);
    length = add_parts(out, length, path);
    if (length == 0)
        out[length++] = '/';
    out[length] = '\0';
    return out;
}

bool config_is_file(struct guest *guest, size_t volume, const char *path)
{
    auto_error struct error err = ERROR_INIT;
    struct file_status status;

    return guest_status(guest, volume, path, &status, &err) == 1 && status.regular;
}

bool config_read(struct guest *guest, size_t volume, const char *path, struct buffer *out,
                 struct menu *menu)
{
    auto_error struct error err = ERROR_INIT;
    bool whole = false;
    int found = guest_read(guest, volume, path, GUEST_CONFIG_MAX, out, &whole, &err);

    if (found == 0)
        menu_problem(menu, "%s is not there", path);
    else if (found < 0)
        menu_problem(menu, "%s", err.text);
    else if (!whole)
        menu_no_default(menu, "%s is larger than %d bytes: it is not read", path, GUEST_CONFIG_MAX);
    return found == 1 && whole;
}

static bool too_long(const char *text)
{
    return text && strlen(text) > MENU_TEXT_MAX;
}

bool config_entry_too_long(const struct entry *entry)
{
    bool is = too_long(entry->title) || too_long(entry->args) || too_long(entry->hypervisor) ||
              too_long(entry->kernel.path);

    for (size_t i = 0; i < entry->ramdisk_count; i++)
        is = is || too_long(entry->ramdisks[i].path);
    return is;
}
