/* The contract between eliloader and its helper `menu`, which lets somebody choose one of a guest's
 * boot entries on a terminal.
 *
 * Descriptors (see common/child.h): stdin the request, CHILD_ANSWER_FD the answer pipe,
 * MENU_TERMINAL_FD the terminal, to read and write without waiting. Its modes are eliloader's, who
 * takes line editing, echo and signal keys away before, and puts all of them back afterwards,
 * however the helper ends; it may only be asked for its size.
 *
 * The request, one JSON object:
 *   { "entries": [ { "number": NUMBER,              increasing
 *                    "title": TEXT,                 the guest's, any characters
 *                    "args": TEXT|null }, … ],      null: too long to be edited; no control
 * character "default": NUMBER,                            of one of them "timeout": SECONDS|null,
 * until the default is taken, as long as no key was pressed; null: for ever "terminal": TEXT|null,
 * TERM "marks": BOOLEAN,                             reverse video may be used "uid": NUMBER,
 * "own_user": BOOLEAN, "complete": BOOLEAN }
 *
 * The answer, JSON lines: { "note": TEXT } to log, and last
 *   { "answer": { "number": NUMBER,                 of one of the entries
 *                 "args": TEXT|null } }             what replaces its arguments, for this start
 * or { "answer": { "kernel": PATH,                 a file of the guest, and no entry
 *                  "ramdisk": PATH|null, "args": TEXT } }
 * or { "answer": { "left": "quit"|"interrupt" } }: nothing was chosen, and whether by ^C;
 * or { "error": { "name", "text" } }, with exit status 1.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_MENU_H
#define COMMON_PROTOCOL_MENU_H

#include "common/child.h"

#define MENU_NAME "menu" /* of the program */

#define MENU_TERMINAL_FD CHILD_FIRST_FD

#define MENU_LIST_MAX  4096
#define MENU_TITLE_MAX 200  /* bytes of a title that are shown; a few more are sent */
#define MENU_ARGS_MAX  4096 /* bytes of arguments that can be edited; a kernel takes fewer */
/* Bytes of all arguments that are sent, and of the whole request, where JSON doubles some. */
#define MENU_ALL_ARGS_MAX (1024 * 1024)
#define MENU_REQUEST_MAX  (8 * 1024 * 1024)
#define MENU_PATH_MAX     1024        /* bytes of a path that is typed */
#define MENU_TERM_MAX     64          /* bytes of TERM */
#define MENU_TIMEOUT_MAX  (24 * 3600) /* seconds */

/* Answers in numbers that name no entry, before the menu is given up. */
#define MENU_TRIES 10

#endif
