/* Where the helpers of the running program are. See child.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"

char *program_directory(struct error *err)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    if (length < 0) {
        error_set_errno(err, ERROR_INTERNAL, "cannot find where this program is (/proc/self/exe)");
        return NULL;
    }
    self[length] = '\0';
    char *slash = strrchr(self, '/');
    return xstrndup(self, slash ? (size_t)(slash - self) : 0);
}

char *helper_directory(struct error *err)
{
    auto_free char *own = program_directory(err);

    return own ? xasprintf("%s/../libexec/eliloader", own) : NULL;
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
