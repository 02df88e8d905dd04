/* Words, and the choices that they name. See choices.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/settings/choices.h"

#include <stddef.h>
#include <string.h>

#include "common/text.h"

const char *const handoff_names[] = {
    [HANDOFF_AUTO] = "auto",
    [HANDOFF_PYGRUB] = "pygrub",
    [HANDOFF_NATIVE] = "native",
    [HANDOFF_GRUB] = "grub",
    NULL,
};
const char *const guest_kind_names[] = {"pv", "pv32", "pvh", NULL};
const char *const redirects_names[] = {"private", "any", NULL};
const char *const unpack_names[] = {"auto", "yes", "no", NULL};
const char *const answer_format_names[] = {"simple", "simple0", "sxp", NULL};

/* The place of NAME in NAMES, which NULL ends; -1 when it is not there. */
static int place_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

bool handoff_from_name(const char *name, enum handoff_choice *choice)
{
    int place = place_of(handoff_names, name);

    if (place >= 0)
        *choice = (enum handoff_choice)place;
    return place >= 0;
}

bool guest_kind_from_name(const char *name, enum guest_kind *kind)
{
    int place = place_of(guest_kind_names, name);

    if (place >= 0)
        *kind = (enum guest_kind)(GUEST_PV + place);
    return place >= 0;
}

bool redirects_from_name(const char *name, enum redirects_choice *choice)
{
    int place = place_of(redirects_names, name);

    if (place >= 0)
        *choice = (enum redirects_choice)(REDIRECTS_PRIVATE + place);
    return place >= 0;
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
    int place = place_of(answer_format_names, name);

    if (place >= 0)
        *format = (enum answer_format)(ANSWER_SIMPLE + place);
    return place >= 0;
}
