/* Names of images. See image_name.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/sources/image_name.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "common/protocol/schemes.h"
#include "distros/plan.h"
#include "loader/sources/scheme.h"

static bool is_image(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode));
}

/* "/" is the root, as if none was named. */
static int take_folder(const char *folder, struct image_name *name, struct error *err)
{
    size_t length = strlen(folder);
    const char *fault;

    while (length > 0 && folder[length - 1] == '/')
        length--;
    if (length == 0)
        return 0;
    name->folder = xstrndup(folder, length);
    fault = tree_path_fault(name->folder + strspn(name->folder, "/"));
    if (!fault)
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE, "the folder %s of the image %s %s", name->folder,
                     name->path, fault);
}

int image_name_split(const char *what, const char *text, struct image_name *name, struct error *err)
{
    struct stat status;

    if (stat(text, &status) == 0) {
        name->path = xstrdup(text);
        return 0;
    }
    for (const char *colon = text; (colon = strstr(colon, ":/")); colon++) {
        auto_free char *path = xstrndup(text, (size_t)(colon - text));

        if (!is_image(path))
            continue;
        name->path = take_pointer(path);
        return take_folder(colon + 1, name, err);
    }
    /* The reason is that of the whole. */
    (void)!stat(text, &status);
    return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot look at the %s %s", what, text);
}

int image_name_find(const char *option, const char *text, struct image_name *name,
                    struct error *err)
{
    const struct url_scheme *scheme = url_scheme_of(text);
    auto_error struct error none = ERROR_INIT;
    auto_free char *path = NULL;
    enum location_kind kind;

    if (scheme ? scheme->network : url_has_scheme(text, NULL))
        return 0;
    if (location_kind_of(option, text, &kind, &path, err) < 0)
        return -1;
    if (image_name_split("image", path, name, &none) == 0)
        return is_image(name->path);
    if (!name->path)
        return 0;
    *err = none;
    none = ERROR_INIT;
    return -1;
}

void image_name_free(struct image_name *name)
{
    replace_string(&name->path, NULL);
    replace_string(&name->folder, NULL);
}
