/* The menu on a terminal that can do nothing: numbered lines, and an answer. Nothing is written but
 * text, carriage returns and backspaces.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_PLAIN_H
#define LOADER_MENU_PLAIN_H

#include "loader/menu/menu.h"

/* Entries that are shown; the others can be chosen by their numbers. */
#define PLAIN_SHOWN_MAX 100

/* From beginning to end: *END is what somebody did, and not MENU_GOES_ON. 0; or -1 with ERR: the
 * terminal is gone, or MENU_TRIES answers named no entry. */
int plain_run(struct menu *menu, enum menu_end *end, struct error *err) must_check;

#endif
