/* Layouts in turn. See search.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/search.h"

#include "distros/guess.h"

int search_tree(struct layout_search *search, const struct tree *tree, struct error *err)
{
    int found = 0;

    for (size_t i = 0; found == 0 && i < tree->layout_count; i++, search->tried++)
        found = search->take(search->context, &tree->layouts[i], err);
    return found;
}

int search_guesses(struct layout_search *search, const struct tree_request *request,
                   struct tree *tree, const char **family, struct error *err)
{
    int found = 0, more = 1;

    for (size_t i = 0; found == 0 && more > 0; i++) {
        more = guess_step(request, i, tree, family, err);
        if (more > 0)
            found = search_tree(search, tree, err);
    }
    return more < 0 ? -1 : found;
}

char *search_kernels(const struct tree *tree)
{
    auto_buffer struct buffer kernels = BUFFER_INIT(TREE_LAYOUTS_MAX * (TREE_PATH_MAX + 8));

    for (size_t i = 0; i < tree->layout_count; i++)
        (void)buffer_addf(&kernels, "%s%s", i ? ", " : "", tree->layouts[i].kernel);
    return buffer_take(&kernels);
}
