/* Waiting. See wait.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/menu/wait.h"

#include <string.h>

#include "common/clock.h"

void countdown_start(struct countdown *countdown, int seconds)
{
    countdown->end = seconds < 0 ? -1 : clock_ms() + seconds * INT64_C(1000);
}

int countdown_left(const struct countdown *countdown)
{
    int64_t left = countdown->end < 0 ? -1 : countdown->end - clock_ms();

    return countdown->end < 0 ? -1 : left < 0 ? 0 : (int)((left + 999) / 1000);
}

/* Milliseconds until another number is to be shown. */
static int until_next(const struct countdown *countdown)
{
    int64_t left = countdown->end < 0 ? -1 : countdown->end - clock_ms();

    if (countdown->end < 0)
        return -1;
    return left <= 0 ? 0 : (int)((left - 1) % 1000 + 1);
}

int countdown_key(struct countdown *countdown, struct tty *tty, uint32_t *key, struct error *err)
{
    int came = tty_key(tty, until_next(countdown), key, err);

    if (came < 0)
        return -1;
    if (came > 0) {
        countdown->end = *key == KEY_RESIZED ? countdown->end : -1;
        return 1;
    }
    *key = KEY_RESIZED;
    return countdown_left(countdown) > 0;
}

void menu_take_args(struct menu *menu, const char *args)
{
    const char *own = menu->request->entries[menu->chosen].args;

    replace_string(&menu->args, own && strcmp(own, args) == 0 ? NULL : xstrdup(args));
}
