/* Xen's version, of the hypervisor or its library. See xen_version.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/host/xen_version.h"

#include <dirent.h>
#include <string.h>

#include "common/io.h"
#include "common/text.h"

/* Files of sysfs, and parts of a version. */
#define TEXT_MAX   64
#define NUMBER_MAX 1000

#define LIBRARY "libxenguest.so."

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

/* MAJOR.MINOR at TEXT, and perhaps more behind another '.'. */
static bool parse(const char *text, struct xen_version *version)
{
    const char *dot = strchr(text, '.');
    uint64_t major, minor;

    if (!dot)
        return false;
    auto_free char *first = xstrndup(text, (size_t)(dot - text));
    auto_free char *second = xstrndup(dot + 1, strcspn(dot + 1, "."));
    if (!text_to_number(first, NUMBER_MAX, &major) || !text_to_number(second, NUMBER_MAX, &minor))
        return false;
    *version = (struct xen_version){(unsigned)major, (unsigned)minor};
    return true;
}

/* Lowers VERSION, which is set when KNOWN, to that of the libraries in FOLDER. True when it is set
 * then. */
static bool by_library(const char *folder, bool known, struct xen_version *version)
{
    DIR *directory = opendir(folder);
    struct xen_version found;
    struct dirent *entry;

    while (directory && (entry = readdir(directory)))
        if (text_starts(entry->d_name, LIBRARY) && parse(entry->d_name + strlen(LIBRARY), &found) &&
            (!known || xen_version_before(&found, version->major, version->minor))) {
            *version = found;
            known = true;
        }
    if (directory)
        closedir(directory);
    return known;
}

bool xen_version_in(const char *hypervisor, const char *const *libraries,
                    struct xen_version *version)
{
    bool known = false;

    if (by_hypervisor(hypervisor, version))
        return true;
    for (; *libraries; libraries++)
        known = by_library(*libraries, known, version);
    return known;
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
