/* A line that is edited, with the keys of pygrub and bash; any characters but controls.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_LINE_H
#define LOADER_MENU_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/protocol/menu.h"

struct line {
    char text[MENU_ARGS_MAX + 1];
    size_t length, at; /* bytes; AT: where the cursor is, in front of a character */
};

/* Begins with TEXT (at most MENU_ARGS_MAX bytes), the cursor behind it. */
void line_open(struct line *line, const char *text);
/* Takes KEY. Whether it means something here: an edit, or a move of the cursor, even one that
 * cannot be made. */
bool line_take(struct line *line, uint32_t key);

/* The character at TEXT, which begins one: its bytes, and in SHOWN how it is shown, in COLUMNS. */
#define LINE_SHOWN_MAX 17 /* bytes: four that are no character each as \xNN, and the NUL */
size_t line_character(const char *text, char shown[LINE_SHOWN_MAX], unsigned *columns);

#endif
