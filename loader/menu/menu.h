/* The menu, whichever way it is shown: its entries, which of them Enter takes, and what comes out
 * of it. No .c has this name. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_MENU_H
#define LOADER_MENU_MENU_H

#include "loader/menu/request.h"
#include "loader/menu/tty.h"

/* What somebody did. */
enum menu_end {
    MENU_GOES_ON,
    MENU_CHOSEN,
    MENU_QUIT,
    MENU_INTERRUPTED, /* ^C */
};

struct menu {
    const struct menu_request *request;
    struct tty *tty;
    size_t chosen;          /* index of an entry */
    char *args;             /* what its arguments are instead; NULL: its own. Owned. */
    char *kernel, *ramdisk; /* files that are to boot with ARGS, and no entry; NULL: none. Owned. */
};

#endif
