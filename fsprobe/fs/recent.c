/* A short list, by use. See recent.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/fs/recent.h"

#include <string.h>

void recent_forget(struct recent *recent, const void *user)
{
    for (size_t i = 0; i < recent->count; i++) {
        if (recent->users[i] != user)
            continue;
        recent->count--;
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
        memmove(&recent->users[i], &recent->users[i + 1], (recent->count - i) * sizeof(void *));
        return;
    }
}

void recent_use(struct recent *recent, void *user)
{
    if (recent->count && recent->users[0] == user)
        return;
    recent_forget(recent, user);
    if (recent->count == RECENT_MAX)
        recent->drop(recent->users[--recent->count]);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
    memmove(&recent->users[1], &recent->users[0], recent->count * sizeof(void *));
    recent->users[0] = user;
    recent->count++;
}
