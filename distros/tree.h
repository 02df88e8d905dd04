/* What is known of a tree: its facts, and which paths may be in it. For the files of this folder
 * only; the struct itself, and tree_free(), stand in distros.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_TREE_H
#define DISTROS_TREE_H

#include "distros/distros.h"

/* What a tree says of itself (name, version, architecture) is kept up to this many bytes;
 * the longest real one is below 60. */
#define TREE_FACT_MAX 256

/* What is wrong with a path that came out of a tree or a record, as the end of a sentence
 * ("leaves the tree"); NULL: it is safe. The rules stand at the top of distros.h. */
const char *tree_path_fault(const char *path);

/* Keeps LENGTH bytes of VALUE in *SLOT as what the tree says of itself: printable (see
 * text_escape_bytes()) and at most TREE_FACT_MAX bytes. An empty VALUE changes nothing. */
void tree_fact(char **slot, const char *value, size_t length);

#endif
