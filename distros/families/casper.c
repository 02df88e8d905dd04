/* Ubuntu's live system. See casper.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/families/casper.h"

#include <string.h>
#include <strings.h>

/* HOST:/PATH of an NFS export, by which casper knows it; the caller frees. NULL: REPOSITORY is no
 * such URL, or has options. */
static char *nfs_root(const char *repository)
{
    static const char scheme[] = "nfs:";
    const char *host, *path;

    if (strncasecmp(repository, scheme, strlen(scheme)) != 0)
        return NULL;
    host = repository + strlen(scheme);
    host += strspn(host, "/");
    path = strchr(host, '/');
    if (!path || path == host)
        return NULL;
    size_t length = (size_t)(path - host);
    if (host[length - 1] == ':')
        length--;
    return memchr(host, ':', length) ? NULL : xasprintf("%.*s:%s", (int)length, host, path);
}

void casper_words(const struct install_arguments *arguments, struct installer_words *words)
{
    char *root = NULL;

    if (arguments->layout && strcmp(arguments->layout, CASPER) == 0)
        root = nfs_root(arguments->repository);
    if (!root)
        return;
    words->own[0] = (struct installer_argument){"boot", xstrdup(CASPER)};
    words->own[1] = (struct installer_argument){"netboot", xstrdup("nfs")};
    words->own[2] = (struct installer_argument){"nfsroot", root};
    words->own[3] = (struct installer_argument){"ip", xstrdup("dhcp")};
}
