/* Where a kernel may be in a tree of which nothing is known: the fixed layouts of every family in
 * turn, as xenpvnetboot tried them. Nothing of the tree is read, so that this may be asked where
 * foreign bytes must not be parsed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_GUESS_H
#define DISTROS_GUESS_H

#include "distros/distros.h"

/* The family of a request to fetch (common/protocol/fetch.h) that stands for "the recognised one,
 * else every one". */
#define GUESS_ANY "any"

/* Puts the layouts of step NUMBER, from 0, into TREE, which starts zeroed and is emptied first, and
 * whose they are into *FAMILY_NAME. Of REQUEST, family and kernel do not count: all families come,
 * with the architecture that is asked for before the other one. A family whose layouts cannot be
 * told for this repository (a mirror of Debian, whose release nobody names) is a step without
 * layouts. 1: TREE is filled; 0: there are no more steps; -1 with ERR, when the ramdisk's path is
 * not safe. The caller frees TREE. */
int guess_step(const struct tree_request *request, size_t number, struct tree *tree,
               const char **family_name, struct error *err) must_check;

/* Whether PATH, without leading slashes, may be one in a tree (see distros.h). 0; or -1 with ERR,
 * which calls it OPTION ("--kernel"). */
int guess_check_path(const char *option, const char *path, struct error *err) must_check;

#endif
