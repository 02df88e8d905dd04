/* One look at a tree. See look.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/look.h"

#include <string.h>

#include "distros/arch.h"
#include "distros/family.h"

int look_plan(struct look *look, const struct family *family, const char *release, const char *arch,
              struct error *err)
{
    const struct tree_request request = {.family = family->distro.name,
                                         .arch = arch,
                                         .release = release,
                                         .repository = look->request->repository};

    tree_free(&look->out->tree);
    look->out->arch = arch;
    return plan_family(family, &request, look->reader, &look->out->tree, err);
}

int look_plan_any(struct look *look, const struct family *family, struct error *err)
{
    const char *arch = look->request->arch;

    if (look_plan(look, family, NULL, arch ? arch : ARCH_DEFAULT, err) < 0)
        return -1;
    const char *said = look->out->tree.arch;
    unsigned has = said ? arch_bit(said, strlen(said)) : 0;
    if (!arch && has && has != arch_bit(look->out->arch, strlen(look->out->arch)))
        return look_plan(look, family, NULL, arch_likeliest(has), err);
    return 0;
}

int look_accept(struct look *look, const struct family *family)
{
    look->out->family = family->distro.name;
    if (look->out->tree.metadata && !look->out->metadata)
        look->out->metadata = xstrdup(look->out->tree.metadata);
    return 1;
}
