/* INI files as installation trees have them, that is, as the readers of anaconda and of
 * productmd (Python's configparser of several ages) take them.
 *
 *   [section]        a section may come again: its keys are added to the first
 *   key = value      or "key: value", with or without the spaces
 *       goes on      indented deeper than its key: joined to the value by one space
 *   # comment        also ";"; in a line of its own, or behind white space after a value
 *
 * '%' means nothing. Lines that are none of these are passed over, as is what stands before
 * the first section.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_INI_H
#define DISTROS_INI_H

#include "distros/lines.h"

#define INI_SECTIONS_MAX 1024 /* productmd writes some for each variant of a tree */
#define INI_SECTION_MAX  256  /* bytes of a section's name */
#define INI_VALUE_MAX    8192 /* bytes of a value with all that it goes on with */

/* Valid during the call that gets it. The strings are trimmed and hold no NUL. */
struct ini_entry {
    const char *section, *key, *value;
    const struct lines *lines; /* for messages: the file, and the key's line */
};

/* Calls ENTRY for each key of TEXT, in order, until it returns -1. NAME is the file's, for
 * messages. 1: read; 0: there is no section in it, so it is no INI file; -1 with ERR: a bound
 * is passed, a section's name does not end, or what ENTRY said. */
int ini_read(const char *name, const struct buffer *text,
             int (*entry)(void *context, const struct ini_entry *entry, struct error *err),
             void *context, struct error *err) must_check;

#endif
