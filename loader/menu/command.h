/* A command line, as pygrub's: a kernel and a ramdisk that no entry names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_COMMAND_H
#define LOADER_MENU_COMMAND_H

#include "loader/menu/menu.h"
#include "loader/menu/screen.h"

/* Takes commands on SCREEN. *END: MENU_CHOSEN after "boot", with MENU's kernel, ramdisk and args;
 * MENU_GOES_ON after "quit" or Escape. 0; or -1 with ERR: the terminal is gone. */
int command_run(struct menu *menu, struct screen *screen, enum menu_end *end,
                struct error *err) must_check;

/* Takes one command, TEXT, into MENU. NULL; or what is wrong with it, for people. *END: as above.
 * For command_run(), and for tests. */
const char *command_take(struct menu *menu, const char *text, enum menu_end *end);

#endif
