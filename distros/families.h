/* The table of families. A new one is a line here, and its own file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_FAMILIES_H
#define DISTROS_FAMILIES_H

#include <stddef.h>

/* The struct family that the family's file defines, and its name as install-distro says it. In this
 * order trees are recognised, and searched. The first is the default. */
#define FAMILIES(FIRST, NEXT)         \
    FIRST(redhat_family, "rhlike")    \
    NEXT(suse_family, "sleslike")     \
    NEXT(debian_family, "debianlike") \
    NEXT(pygrub_family, "pygrub")

#define FAMILY_NAME_(symbol, name)         name
#define FAMILY_COMMA_NAME_(symbol, name)   ", " name
#define FAMILY_DEFAULT_NAME_(symbol, name) name " (default)"
#define FAMILY_NOTHING_(symbol, name)

/* For messages: "rhlike, sleslike, …"; the same with " (default)" behind that; and that alone. */
#define FAMILY_NAMES         FAMILIES(FAMILY_NAME_, FAMILY_COMMA_NAME_)
#define FAMILY_NAMES_DEFAULT FAMILIES(FAMILY_DEFAULT_NAME_, FAMILY_COMMA_NAME_)
#define FAMILY_DEFAULT       FAMILIES(FAMILY_NAME_, FAMILY_NOTHING_)

struct family;

/* The family of that name; NULL when there is none, or NAME is NULL. */
const struct family *family_find(const char *name);

/* Family NUMBER of the table, from 0; NULL: there are no more. */
const struct family *family_at(size_t number);

#endif
