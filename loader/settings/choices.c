/* Words, and the choices that they name. See choices.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/settings/choices.h"

#include <stddef.h>
#include <string.h>

#include "common/text.h"

bool handoff_from_name(const char *name, enum handoff_choice *choice)
{
    static const char *const names[] = {
        [HANDOFF_AUTO] = "auto",
        [HANDOFF_PYGRUB] = "pygrub",
        [HANDOFF_NATIVE] = "native",
        [HANDOFF_GRUB] = "grub",
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *choice = (enum handoff_choice)i;
            return true;
        }
    return false;
}

bool guest_kind_from_name(const char *name, enum guest_kind *kind)
{
    static const char *const names[] = {
        [GUEST_PV] = "pv", [GUEST_PV32] = "pv32", [GUEST_PVH] = "pvh"};

    for (size_t i = GUEST_PV; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *kind = (enum guest_kind)i;
            return true;
        }
    return false;
}

bool redirects_from_name(const char *name, enum redirects_choice *choice)
{
    if (strcmp(name, "private") != 0 && strcmp(name, "any") != 0)
        return false;
    *choice = *name == 'p' ? REDIRECTS_PRIVATE : REDIRECTS_ANY;
    return true;
}

bool unpack_from_name(const char *name, enum unpack_choice *choice)
{
    bool yes;

    if (strcmp(name, "auto") == 0)
        *choice = UNPACK_AUTO;
    else if (text_to_bool(name, &yes))
        *choice = yes ? UNPACK_YES : UNPACK_NO;
    else
        return false;
    return true;
}

bool answer_format_from_name(const char *name, enum answer_format *format)
{
    static const char *const names[] = {
        [ANSWER_SIMPLE] = "simple", [ANSWER_SIMPLE0] = "simple0", [ANSWER_SXP] = "sxp"};

    for (size_t i = ANSWER_SIMPLE; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum answer_format)i;
            return true;
        }
    return false;
}
