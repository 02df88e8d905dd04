/* The table of families, and what is asked of whichever family it is. See families.h, distros.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/families.h"

#include <string.h>

#include "common/nearest.h"
#include "distros/family.h"

#define FAMILY_LINE_(symbol, name) {(name), &(symbol)},
static const struct {
    const char *name;
    const struct family *family;
} families[] = {FAMILIES(FAMILY_LINE_, FAMILY_LINE_)};

const char distro_names[] = FAMILY_NAMES;

const struct family *family_at(size_t number)
{
    return number < ARRAY_SIZE(families) ? families[number].family : NULL;
}

const struct family *family_find(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_SIZE(families); i++)
        if (strcmp(families[i].name, name) == 0)
            return families[i].family;
    return NULL;
}

const struct distro *distro_find(const char *name)
{
    const struct family *family = family_find(name);

    return family ? &family->distro : NULL;
}

bool distro_pygrub_boots(const struct distro *distro, const char *tree_name,
                         const char *tree_version)
{
    const struct family *family = family_find(distro->name);

    return !family || !family->pygrub_boots || family->pygrub_boots(tree_name, tree_version);
}

int tree_plan(const struct tree_request *request, const struct tree_reader *reader,
              struct tree *tree, struct error *err)
{
    const struct family *family = family_find(request->family);

    *tree = (struct tree){0};
    if (family)
        return plan_family(family, request, reader, tree, err);
    return error_set(err, ERROR_UNSUPPORTED_METHOD,
                     "install-distro \"%s\" is not known; known are " FAMILY_NAMES,
                     request->family ? request->family : "");
}

void distro_offer(struct nearest *nearest)
{
    for (size_t i = 0; i < ARRAY_SIZE(families); i++)
        nearest_offer(nearest, families[i].name);
}
