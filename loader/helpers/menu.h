/* The menu of -i: a guest's boot entries on the terminal that the toolstack or a person gave us,
 * where one of them is chosen, and its arguments are edited. What is shown is the guest's, and what
 * is typed anybody's: the helper `menu` does both, and what it answers is checked here.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_MENU_H
#define LOADER_HELPERS_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/helpers/fsprobe.h"
#include "loader/settings/options.h"

/* Seconds that the menu waits for a key where the guest's configuration says nothing, or 0: who
 * asks for a menu gets one, and a start that nobody watches goes on. */
#define MENU_TIMEOUT_DEFAULT 5

/* What was chosen, for this start: members of a struct probe_want. Starts as MENU_CHOICE_INIT;
 * owned. */
struct menu_choice {
    char *entry;            /* NULL: what boots by itself */
    char *args;             /* in the place of its own; NULL: these */
    char *kernel, *ramdisk; /* files of the guest that boot with ARGS, and no entry; or NULL */
};
#define MENU_CHOICE_INIT       \
    (struct menu_choice)       \
    {                          \
        NULL, NULL, NULL, NULL \
    }
void menu_choice_free(struct menu_choice *choice);
#define auto_menu_choice __attribute__((cleanup(menu_choice_free)))

/* Whether a menu is asked for, and somebody can answer it: -i without -q, nothing chosen already
 * (--entry, --kernel), and stdin is a terminal. */
bool menu_wanted(const struct settings *settings) must_check;

/* The menu from beginning to end, where menu_wanted(): probes DISKS as WANT says, shows what they
 * boot, and lets somebody choose. CHOICE stays empty where no menu is wanted or there is none,
 * which the boot itself will report. 0, or -1 with ERR as of probe_disks(); or nothing was chosen
 * (q, a terminal that is gone, too many answers that name no entry), or ERROR_INTERRUPTED (a
 * signal, ^C). The terminal's modes are as they were then. */
int menu_ask(const struct settings *settings, char *const *disks, size_t count,
             const struct probe_want *want, struct menu_choice *choice,
             struct error *err) must_check;

/* What the helper is asked, of PROBED, as common/protocol/menu.h has it, but for the user; NULL
 * when there is nothing to choose from. The caller frees. TIMEOUT: seconds; -1: none. For tests,
 * too. */
json_t *menu_request(const struct probed *probed, int timeout) must_check;
/* What the helper's ANSWER says of PROBED. As menu_ask(); also -1 where it does not fit. */
int menu_read(const struct probed *probed, const json_t *answer, struct menu_choice *choice,
              struct error *err) must_check;

#endif
