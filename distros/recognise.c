/* Which family a tree is of. See recognise.h; how each is known, its own file says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/recognise.h"

#include <stdlib.h>
#include <string.h>

#include "distros/families.h"
#include "distros/family.h"

/* 1: the tree is of FAMILY; 0: it is not, or no tree says so; -1 with ERR. */
static int look_for(struct look *look, const struct family *family, struct error *err)
{
    /* What a family that was not the right one has filled in. */
    recognised_free(look->out);
    return family->recognise ? family->recognise(look, err) : 0;
}

int tree_recognise(const struct recognise_request *request, const struct tree_reader *reader,
                   struct recognised *recognised, struct error *err)
{
    struct look look = {request, reader, recognised};
    const struct family *first = family_find(request->family), *family;

    *recognised = (struct recognised){0};
    int found = first ? look_for(&look, first, err) : 0;
    for (size_t i = 0; found == 0 && (family = family_at(i)); i++)
        if (family != first)
            found = look_for(&look, family, err);
    if (found <= 0)
        recognised_free(recognised);
    return found < 0 ? -1 : 0;
}

void recognised_free(struct recognised *recognised)
{
    tree_free(&recognised->tree);
    free(recognised->metadata);
    free(recognised->release);
    free(recognised->codename);
    *recognised = (struct recognised){0};
}
