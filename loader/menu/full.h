/* The menu on a whole screen, with the keys of pygrub's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_FULL_H
#define LOADER_MENU_FULL_H

#include "loader/menu/menu.h"

/* From beginning to end: *END is what somebody did, and not MENU_GOES_ON. 0; or -1 with ERR: the
 * terminal is gone. */
int full_run(struct menu *menu, enum menu_end *end, struct error *err) must_check;

#endif
