/* The table of families. A new one is a line here, and its own file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_FAMILIES_H
#define DISTROS_FAMILIES_H

#include <stdbool.h>
#include <stddef.h>

#include "distros/distros.h"

/* The struct family that the family's file defines, and its name as install-distro says it. In this
 * order trees are recognised, and searched. The first is the default. */
#define FAMILIES(FIRST, NEXT)         \
    FIRST(redhat_family, "rhlike")    \
    NEXT(suse_family, "sleslike")     \
    NEXT(debian_family, "debianlike") \
    NEXT(pygrub_family, "pygrub")     \
    NEXT(alpine_family, "alpinelike") \
    NEXT(netbsd_family, "netbsdlike") \
    NEXT(freebsd_family, "freebsdlike")

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

/* What others know of the family NAME; NULL when there is no such family, or NAME is NULL. */
const struct distro *distro_find(const char *name);
/* Whether pygrub can boot what the tree of that name and version (of `struct tree`; NULL: it is
 * silent) installs: it does not read Boot Loader Specification entries, in which RHEL and its kin
 * keep their menu since version 8 and Fedora since 30. What is not known it can. */
bool distro_pygrub_boots(const struct distro *distro, const char *tree_name,
                         const char *tree_version) must_check;
/* The names of all, for messages: "rhlike, sleslike, …". */
extern const char distro_names[];

struct nearest;
/* Offers each of them, for "did you mean …?"; see common/nearest.h. */
void distro_offer(struct nearest *nearest);

/* Fills TREE: reads the family's metadata through READER and lists the layouts to try.
 * When the metadata, or the request, decides kernel and ramdisk, there is one layout.
 * 0; or -1 with ERR set (a family that is not known, a release that is missing, metadata
 * that cannot be read or names an unsafe path); TREE is empty then, and the sentence names the
 * file in the tree, but not the tree: the caller puts that in front (error_prefix()). The
 * caller frees with tree_free(). */
int tree_plan(const struct tree_request *request, const struct tree_reader *reader,
              struct tree *tree, struct error *err) must_check;

#endif
