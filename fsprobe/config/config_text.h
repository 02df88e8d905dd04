/* The text of a boot configuration: its lines, words and paths, as the parsers of the
 * line-by-line formats (BLS, GRUB legacy, extlinux) need them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_CONFIG_TEXT_H
#define FSPROBE_CONFIG_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"

#define CONFIG_LINE_MAX  8192  /* bytes of one line, as the format joins lines */
#define CONFIG_LINES_MAX 20000 /* lines of one file, blank ones too */

/* The lines of one file, one after the other. What cannot be used is left out with a problem
 * in MENU: a file with one bad line still boots its guest. */
struct config_lines {
    const char *path; /* for the problems */
    struct menu *menu;
    const char *at, *end;
    size_t number;  /* of the line given last; the first is 1 */
    bool continues; /* a backslash at the end of a line joins the next one to it */
    struct buffer line;
};

/* Goes to the start of the LENGTH bytes at TEXT, behind a byte order mark. PATH, TEXT and MENU
 * must outlive LINES; config_lines_free() ends it. */
void config_lines_start(struct config_lines *lines, const char *path, const char *text,
                        size_t length, struct menu *menu);
void config_lines_free(struct config_lines *lines);
#define auto_config_lines __attribute__((cleanup(config_lines_free)))

/* The next line that is not blank, without white space at its ends (a CR is white space), or
 * NULL after the last. It may be written to, and holds until the next call. A line that
 * holds a NUL ends there; one longer than CONFIG_LINE_MAX is left out; behind
 * CONFIG_LINES_MAX lines the file ends: each with a problem. */
char *config_lines_next(struct config_lines *lines);

/* White space inside a line. */
bool config_is_blank(char c);

/* Cuts the first word off the text at *AT: returns it NUL-terminated, and leaves *AT at what
 * follows, without white space in front. At the end of the text it returns "". */
char *config_cut_word(char **at);

/* Whether TEXT ends in SUFFIX, in letters of any case. */
bool config_ends_in(const char *text, const char *suffix);

/* TEXT with the letters A to Z small. The caller frees. */
char *config_small_letters(const char *text) must_check;

/* TEXT without the double quotes that stand around all of it; it is written to. */
char *config_unquote(char *text);

/* The words of TEXT, which may have several lines, joined by one space. White space inside
 * double quotes stays, as spaces: to Linux that is one word. The caller frees. */
char *config_join_words(const char *text) must_check;

/* FIRST and SECOND, either of which may be empty, with a space between where both hold
 * something. The caller frees. */
char *config_join(const char *first, const char *second) must_check;

/* The directory of the absolute path PATH, without a slash at its end: "" for "/file".
 * The caller frees. */
char *config_directory(const char *path) must_check;

/* PATH as seen from DIRECTORY (as config_directory() gives it; a path that begins with a
 * slash is not moved), with ".", ".." and doubled slashes resolved by their spelling. The
 * caller frees. */
char *config_absolute_path(const char *directory, const char *path) must_check;

/* True when PATH is a regular file of VOLUME. A file that cannot be looked at is none. */
bool config_is_file(struct guest *guest, size_t volume, const char *path);

/* Reads a further configuration file into OUT, GUEST_CONFIG_MAX bytes at most. False when it
 * is not there, cannot be read or is larger; a problem in MENU says which. */
bool config_read(struct guest *guest, size_t volume, const char *path, struct buffer *out,
                 struct menu *menu);

/* True when a text of the entry (titles, paths, arguments) would pass MENU_TEXT_MAX. */
bool config_entry_too_long(const struct entry *entry);

#endif
