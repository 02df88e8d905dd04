/* A folder for a moment. See place.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"

/* The name of a folder in which nobody looks for anything. */
#define FOLDER "eliloader-check.XXXXXX"

char *place_of(const char *path, struct error *err)
{
    auto_free char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
    auto_free char *place = here ? xasprintf("%s/%s", here, path) : xstrdup(path);
    struct stat status;

    if (place[0] != '/') {
        error_set_errno(err, ERROR_INTERNAL, "cannot tell where %s is", path);
        return NULL;
    }
    while (stat(place, &status) < 0) {
        char *slash = strrchr(place, '/');
        if (errno != ENOENT || slash == place) {
            error_set_errno(err, ERROR_INTERNAL, "cannot look at the directory %s", place);
            return NULL;
        }
        *slash = '\0';
    }
    if (S_ISDIR(status.st_mode))
        return take_pointer(place);
    error_set(err, ERROR_INTERNAL, "%s is no directory, so that %s cannot be one", place, path);
    return NULL;
}

char *place_make(const char *path, struct error *err)
{
    auto_free char *place = place_of(path, NULL);
    auto_free char *folder = xasprintf("%s/" FOLDER, place ? place : P_tmpdir);

    if (mkdtemp(folder))
        return take_pointer(folder);
    replace_string(&folder, xstrdup(P_tmpdir "/" FOLDER));
    if (mkdtemp(folder))
        return take_pointer(folder);
    error_set_errno(err, ERROR_INTERNAL, "cannot make a folder in %s", P_tmpdir);
    return NULL;
}

void place_remove(char **path)
{
    if (*path)
        rmdir(*path);
    replace_string(path, NULL);
}
