/* The usual releases, asked for one by one. See debian_suites.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/families/debian_suites.h"

#include <string.h>

#include "distros/families/debian_release.h"

static const char *const suites[] = {"stable", "testing", "oldstable", "devel",
                                     "noble",  "jammy",   "focal"};

int debian_suites_list(const char *repository, const struct tree_reader *reader,
                       struct buffer *list, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(suites); i++) {
        auto_debian_release struct debian_release release = {0};
        auto_free char *path = debian_release_path(repository, suites[i]);
        int found = path ? debian_release_read(reader, path, &release, err) : 0;

        if (found < 0)
            return -1;
        const char *name = release.codename ? release.codename : suites[i];
        if (found > 0)
            (void)buffer_addf(list, "%s%s", list->length ? ", " : "", name);
        if (found > 0 && strcmp(name, suites[i]) != 0)
            (void)buffer_addf(list, " (%s)", suites[i]);
    }
    return 0;
}
