/* JSON for people, who may read it on a terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_JSON_PRINT_H
#define LOADER_COMMANDS_JSON_PRINT_H

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"

/* Prints JSON to stdout, indented, keys in their order, and a newline. What strangers wrote may
 * hold what a terminal obeys, or what shows text in another order: it is escaped (\u009b,
 * text_escape_json()). 0; or -1 with ERR: it is no text that JSON could say, or stdout takes none.
 */
int json_print(const json_t *json, struct error *err) must_check;

#endif
