/* A GRUB 2 script made ready for the lexer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_SOURCE_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "fsprobe/config/grub2/script/arena.h"

/* A script as it is read: without carriage returns, NULs, and the lines that begin with
 * '#', which GRUB drops before its lexer sees them (so also inside quotes). */
struct grub2_source {
    const char *name; /* for messages: "/boot/grub/grub.cfg" */
    const char *text;
    size_t length;
    const unsigned *lines; /* lines[N]: where line N of `text` stood in the file, from 1 */
};
/* Everything is copied into ARENA; false when that is full. */
bool grub2_source_read(struct grub2_arena *arena, struct grub2_source *source, const char *name,
                       const char *bytes, size_t length) must_check;

#endif
