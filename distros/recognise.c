/* Which family a tree is of. See recognise.h; how each is known, its own file says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/recognise.h"

#include <stdlib.h>
#include <string.h>

#include "distros/families.h"
#include "distros/family.h"

/* 1: the tree is of FAMILY; 0: it is not, or no tree says so; -1 with ERR. */
static int look_for(struct look *look, const struct family *family, bool silent, struct error *err)
{
    int (*how)(struct look *, struct error *) = silent ? family->suspect : family->recognise;

    /* What a family that was not the right one has filled in. */
    recognised_free(look->out);
    return how ? how(look, err) : 0;
}

/* All families in turn, FIRST before the others. */
static int look_for_each(struct look *look, const struct family *first, bool silent,
                         struct error *err)
{
    const struct family *family;
    int found = first ? look_for(look, first, silent, err) : 0;

    for (size_t i = 0; found == 0 && (family = family_at(i)); i++)
        if (family != first)
            found = look_for(look, family, silent, err);
    return found;
}

int tree_recognise(const struct recognise_request *request, const struct tree_reader *reader,
                   struct recognised *recognised, struct error *err)
{
    struct look look = {request, reader, recognised};
    const struct family *first = family_find(request->family);

    *recognised = (struct recognised){0};
    int found = look_for_each(&look, first, false, err);
    if (found == 0)
        found = look_for_each(&look, first, true, err);
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
