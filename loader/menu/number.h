/* A number as it is typed: which entry it names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MENU_NUMBER_H
#define LOADER_MENU_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/menu/request.h"

/* Characters that are kept; numbers are shorter. */
#define NUMBER_MAX 16

struct number {
    char text[NUMBER_MAX + 1];
    size_t length;
};

/* Takes KEY: a printable character of ASCII, or what takes one away again, or all (^U). Whether it
 * was one of these. */
bool number_take(struct number *number, uint32_t key);
/* Whether NUMBER is that of one of the entries; *INDEX then. */
bool number_names(const struct number *number, const struct menu_request *request,
                  size_t *index) must_check;

#endif
