/* What a repository was recognised as. See recognition.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/recognition.h"

#include <string.h>

#include "common/log.h"
#include "distros/families.h"
#include "distros/recognise.h"

bool recognition_is_auto(const char *family)
{
    return family && strcmp(family, RECOGNISE_AUTO) == 0;
}

void recognition_warn(const struct fetched *fetched, const char *key, const char *family,
                      const char *repository)
{
    const struct distro *distro = distro_find(fetched->recognised_family);

    /* pygrub's family is for any tree. */
    if (!distro || recognition_is_auto(family) || strcmp(family, "pygrub") == 0 ||
        strcmp(family, distro->name) == 0)
        return;
    if (fetched->repository)
        repository = fetched->repository;
    /* A password in the repository's URL is nobody's business. */
    const char *at = strrchr(repository, '@');
    log_warning("%s is %s, but the tree at %s%s says it is %s (%s)", key, family, at ? "…@" : "",
                at ? at + 1 : repository,
                fetched->recognised_as ? fetched->recognised_as : "another one", distro->name);
}

const struct distro *recognition_taken(const struct fetched *fetched, struct error *err)
{
    const struct distro *distro = distro_find(fetched->family);

    /* Only what can be recognised: the helper has no say in anything else. */
    if (distro && !distro->kernel_required)
        return distro;
    error_set(err, ERROR_INTERNAL, "the helper fetch took a family that is not known");
    return NULL;
}
