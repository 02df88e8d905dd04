/* The end of what a command prints.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_FINISH_OUTPUT_H
#define LOADER_COMMANDS_FINISH_OUTPUT_H

#include "common/error.h"
#include "common/memory.h"

/* Writes out what stdout still holds. 0; or -1 with ERR: that, or anything printed before, was not
 * taken (the disk is full, nobody reads). */
int finish_output(struct error *err) must_check;

#endif
