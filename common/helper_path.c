/* Where the helpers of the running program are. See child.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"

char *helper_directory(struct error *err)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    if (length < 0) {
        error_set_errno(err, ERROR_INTERNAL, "cannot find where this program is (/proc/self/exe)");
        return NULL;
    }
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    return xasprintf("%s/../libexec/eliloader", self);
}

char *helper_path(const char *name, struct error *err)
{
    auto_free char *directory = helper_directory(err);
    if (!directory)
        return NULL;
    auto_free char *path = xasprintf("%s/%s", directory, name);
    if (access(path, X_OK) < 0) {
        error_set_errno(err, ERROR_INTERNAL, "cannot start the helper %s", path);
        error_hint(err, "is eliloader installed whole?");
        return NULL;
    }
    return take_pointer(path);
}
