/* The screen on which an entry's arguments are edited.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_EDIT_H
#define LOADER_MENU_EDIT_H

#include "loader/menu/line.h"
#include "loader/menu/menu.h"
#include "loader/menu/screen.h"

/* LINE, from row ROW on over at most HEIGHT rows of SCREEN, with the cursor in it: where it is
 * longer, the part in which the cursor is. BEFORE, a few characters, stands in front of it. */
void edit_show(struct screen *screen, const struct line *line, const char *before, unsigned row,
               unsigned height);

/* Edits the arguments of MENU's chosen entry, which has some that can be. *END: MENU_CHOSEN after
 * Enter, with MENU's args; MENU_GOES_ON after Escape. 0; or -1 with ERR: the terminal is gone. */
int edit_run(struct menu *menu, struct screen *screen, enum menu_end *end,
             struct error *err) must_check;

#endif
