/* "Layouts in turn": the places where a tree may keep its kernel are tried one after the other, and
 * only a kernel that is not there leads to the next one. Whoever can look at a tree (the fetch
 * helper in a network, the medium helper in an image, the loader in a directory) lends a function
 * that tries one layout.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_SEARCH_H
#define DISTROS_SEARCH_H

#include "distros/distros.h"

struct layout_search {
    /* Tries LAYOUT. 1: this is the one; 0: its kernel is not there; -1 with ERR: the search
     * ends. */
    int (*take)(void *context, const struct tree_layout *layout, struct error *err);
    void *context;
    size_t tried; /* layouts so far; starts as 0 */
};

/* The layouts of TREE in turn. 1: one was taken; 0: no kernel in any of them; -1 with ERR. */
int search_tree(struct layout_search *search, const struct tree *tree,
                struct error *err) must_check;

/* The layouts of every family in turn, as guess_step() has them for REQUEST. TREE, which starts
 * zeroed or as any tree and is the caller's to free, and *FAMILY are those of the step that was
 * looked at last. 1: a layout was taken; 0: no kernel in any of them; -1 with ERR. */
int search_guesses(struct layout_search *search, const struct tree_request *request,
                   struct tree *tree, const char **family, struct error *err) must_check;

/* The kernels of TREE's layouts in their order, for messages: "images/xen/vmlinuz,
 * isolinux/vmlinuz". The caller frees. */
char *search_kernels(const struct tree *tree) must_check;

#endif
