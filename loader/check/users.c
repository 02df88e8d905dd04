/* The helpers' users. See users.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/users.h"

#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/text.h"
#include "loader/settings/user.h"

const char *check_users_meet(char *text, bool passwd, uint64_t first, uint64_t count)
{
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        char *name = strsep(&line, ":"), *second = strsep(&line, ":"), *third = strsep(&line, ":");
        uint64_t start, length = 1;
        if (!third || !text_to_number(passwd ? third : second, UINT32_MAX, &start) ||
            (!passwd && !text_to_number(third, UINT32_MAX, &length)))
            continue;
        if (length && start < first + count && first < start + length)
            return name;
    }
    return NULL;
}

/* True when a line of PATH meets the users of runs, which is said. */
static bool say_meeting(struct check_report *report, const struct settings *settings,
                        const char *path, bool passwd)
{
    auto_buffer struct buffer text = BUFFER_INIT(CHECK_USERS_SIZE_MAX);
    auto_error struct error why = ERROR_INIT;

    if (read_file(path, CHECK_USERS_SIZE_MAX, &text, &why) <= 0 || !text.length)
        return false;
    const char *name = check_users_meet(text.data, passwd, settings->runas_base, USERS_COUNT);
    if (!name)
        return false;
    check_say(report, CHECK_WARNING, "users",
              "set runas-base to the first of 65536 users that nobody else has",
              "of the users from %lu to %lu, which are the helpers', some are %s's in %s",
              (unsigned long)settings->runas_base,
              (unsigned long)settings->runas_base + USERS_COUNT - 1, name, path);
    return true;
}

void check_users(struct check_report *report, const struct settings *settings)
{
    if (settings->runas_base && (say_meeting(report, settings, "/etc/subuid", false) ||
                                 say_meeting(report, settings, "/etc/passwd", true)))
        return;
    if (geteuid() != 0)
        check_say(report, CHECK_WARNING, "users", "ask as root, who starts guests",
                  "helpers run as you, for only root can give them a user of their own");
    else if (settings->runas_base)
        check_say(report, CHECK_OK, "users", NULL,
                  "each run's helpers have a user of their own, from %lu to %lu",
                  (unsigned long)settings->runas_base,
                  (unsigned long)settings->runas_base + USERS_COUNT - 1);
    else
        check_say(report, CHECK_WARNING, "users",
                  "set runas-base to the first of 65536 users that nobody else has",
                  "the helpers of all guests are the user %lu", (unsigned long)settings->runas);
}
