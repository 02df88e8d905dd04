/* A user for this run. See user.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/settings/user.h"

#include <string.h>
#include <unistd.h>

#include "common/text.h"

int user_domid(const char *output_directory)
{
    static const char before[] = "bootloader.", after[] = ".d";
    size_t length = strlen(output_directory);
    uint64_t domid;

    while (length && output_directory[length - 1] == '/')
        length--;
    auto_free char *directory = xstrndup(output_directory, length);
    const char *slash = strrchr(directory, '/'), *name = slash ? slash + 1 : directory;
    if (!text_starts(name, before) || !text_ends(name, after) ||
        strlen(name) < strlen(before) + strlen(after))
        return -1;
    directory[length - strlen(after)] = '\0';
    name += strlen(before);
    /* libxl writes no zero in front; and domain 0 has no bootloader. */
    if (*name == '0' || !text_to_number(name, USER_DOMID_MAX, &domid))
        return -1;
    return (int)domid;
}

void user_choose(struct settings *settings)
{
    if (geteuid() != 0 || settings->runas_given)
        return;
    if (!settings->runas_base)
        return;
    int domid = user_domid(settings->output_directory);
    settings->runas = settings->runas_base +
                      (domid >= 0 ? (uid_t)domid : USERS_HALF + (uid_t)getpid() % USERS_HALF);
    settings->runas_own = true;
}
