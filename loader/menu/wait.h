/* Waiting for a key, as long as nobody has pressed one only for a while.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_WAIT_H
#define LOADER_MENU_WAIT_H

#include <stdint.h>

#include "loader/menu/menu.h"

struct countdown {
    int64_t end; /* clock_ms(); -1: none, or it was stopped */
};

/* SECONDS; -1: there is none. */
void countdown_start(struct countdown *countdown, int seconds);
/* Seconds that are left; -1: it does not count. */
int countdown_left(const struct countdown *countdown);
/* Waits for a key, which stops the countdown, but for KEY_RESIZED. 1 with *KEY: KEY_RESIZED also
 * when another second is over; 0: all are over, and no key came; -1 with ERR. */
int countdown_key(struct countdown *countdown, struct tty *tty, uint32_t *key,
                  struct error *err) must_check;

/* The chosen entry is to start with ARGS, unless these are its own. */
void menu_take_args(struct menu *menu, const char *args);

#endif
