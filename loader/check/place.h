/* Where what a start would leave is put for a moment: on the same filesystem, and in nobody's way.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_PLACE_H
#define LOADER_CHECK_PLACE_H

#include "common/error.h"
#include "common/memory.h"

/* The directory PATH (made absolute), or, where it is not there yet, the nearest one above it that
 * is. The caller frees; NULL with ERR: one of them is no directory. */
char *place_of(const char *path, struct error *err) must_check;

/* A new folder of mode 0700: in place_of(PATH) where we may make one there, else in /tmp. The
 * caller removes it by place_remove(); NULL with ERR. */
char *place_make(const char *path, struct error *err) must_check;
/* Removes the folder, which is empty by then, and frees PATH, which may be NULL. */
void place_remove(char **path);
#define auto_place __attribute__((cleanup(place_remove)))

#endif
