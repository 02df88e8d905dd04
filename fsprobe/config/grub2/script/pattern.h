/* POSIX extended regular expressions, turned into programs of which a matcher follows every way.
 *
 * Source: POSIX, "Extended Regular Expressions", which GRUB's `regexp` speaks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_SCRIPT_PATTERN_H
#define FSPROBE_CONFIG_GRUB2_SCRIPT_PATTERN_H

#include <stdint.h>

#include "common/memory.h"

/* Instructions of one program. */
#define PATTERN_MAX 2000
/* The whole match and the parts in ( ) that are told: \0 to \9. */
#define GRUB2_GROUPS 10

enum pattern_operation {
    PATTERN_BYTE,
    PATTERN_ANY,
    PATTERN_SET,
    PATTERN_SPLIT,
    PATTERN_JUMP,
    PATTERN_SAVE,
    PATTERN_BEGIN,
    PATTERN_END,
    PATTERN_FOUND
};

struct pattern_instruction {
    enum pattern_operation operation;
    int a, b; /* BYTE: it; SPLIT: the first and the second way; JUMP: where to; SAVE: the slot */
    uint8_t set[32];
};

/* Turns PATTERN into PROGRAM (zeroed). The count of its instructions; -1 when PATTERN is no
 * regular expression, or would need more than PATTERN_MAX. */
int grub2_pattern_compile(const char *pattern,
                          struct pattern_instruction program[PATTERN_MAX]) must_check;

#endif
