/* Xen's version, of the hypervisor or its library. See xen_version.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/xen_version.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/text.h"

/* Files of sysfs, and parts of a version. */
#define TEXT_MAX   64
#define NUMBER_MAX 1000

/* Its name ends in the version of Xen, of which there have been 4.0 to 4.20; and one that is none.
 */
#define LIBRARY       "libxenguest.so.4."
#define LIBRARY_MAJOR 4
#define UNKNOWN       40

/* The text of FOLDER/NAME without its newline, into TEXT (TEXT_MAX bytes). */
static bool read_text(const char *folder, const char *name, char text[TEXT_MAX])
{
    auto_free char *path = xasprintf("%s/%s", folder, name);
    auto_buffer struct buffer buffer = BUFFER_INIT(0);
    auto_error struct error err = ERROR_INIT;

    if (read_file(path, TEXT_MAX - 1, &buffer, &err) <= 0)
        return false;
    size_t length = strcspn(buffer_text(&buffer), "\n");
    memcpy(text, buffer_text(&buffer), length);
    text[length] = '\0';
    return true;
}

static bool read_number(const char *folder, const char *name, unsigned *number)
{
    char text[TEXT_MAX];
    uint64_t value;

    if (!read_text(folder, name, text) || !text_to_number(text, NUMBER_MAX, &value))
        return false;
    *number = (unsigned)value;
    return true;
}

static bool by_hypervisor(const char *folder, struct xen_version *version)
{
    char type[TEXT_MAX];

    return read_text(folder, "type", type) && strcmp(type, "xen") == 0 &&
           read_number(folder, "version/major", &version->major) &&
           read_number(folder, "version/minor", &version->minor);
}

/* The lowest version of which FOLDER has the library; UNKNOWN: none. The names are tried, for a
 * folder of libraries has thousands of others. */
static unsigned by_library(const char *folder)
{
    auto_fd int directory = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    char name[sizeof LIBRARY + 8];
    unsigned minor = directory < 0 ? UNKNOWN : 0;

    for (; minor < UNKNOWN; minor++) {
        snprintf(name, sizeof name, LIBRARY "%u", minor);
        if (faccessat(directory, name, F_OK, 0) == 0)
            break;
    }
    return minor;
}

bool xen_version_in(const char *hypervisor, const char *const *libraries,
                    struct xen_version *version)
{
    unsigned lowest = UNKNOWN;

    if (by_hypervisor(hypervisor, version))
        return true;
    for (; *libraries; libraries++) {
        unsigned minor = by_library(*libraries);
        lowest = minor < lowest ? minor : lowest;
    }
    *version = (struct xen_version){LIBRARY_MAJOR, lowest};
    return lowest < UNKNOWN;
}

bool xen_version_read(struct xen_version *version)
{
    /* Debian has a folder for each architecture. */
    static const char *const libraries[] = {"/usr/lib/x86_64-linux-gnu",
                                            "/usr/lib/aarch64-linux-gnu",
                                            "/usr/lib/i386-linux-gnu",
                                            "/usr/lib64",
                                            "/usr/lib",
                                            "/usr/local/lib64",
                                            "/usr/local/lib",
                                            NULL};

    return xen_version_in("/sys/hypervisor", libraries, version);
}

bool xen_version_before(const struct xen_version *version, unsigned major, unsigned minor)
{
    return version->major < major || (version->major == major && version->minor < minor);
}
