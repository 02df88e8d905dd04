/* The menus of an extlinux configuration. See extlinux_menus.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/extlinux_menus.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

void extlinux_menus_start(struct extlinux_menus *menus)
{
    menus->count = 1;
}

static void add_line(struct extlinux_menus *menus, int menu, struct extlinux_line line, bool chosen)
{
    if (!menus->list[menu].first.there)
        menus->list[menu].first = line;
    if (chosen)
        menus->list[menu].chosen = line;
}

void extlinux_menus_begin(struct extlinux_menus *menus, const char *title)
{
    int menu = menus->count;

    if (menus->beyond || menu > EXTLINUX_MENUS_MAX) {
        menus->beyond++;
        return;
    }
    menus->list[menu].title = xstrdup(title);
    menus->list[menu].parent = menus->open;
    add_line(menus, menus->open, (struct extlinux_line){true, true, menu}, false);
    menus->open = menu;
    menus->count++;
}

void extlinux_menus_end(struct extlinux_menus *menus)
{
    if (menus->beyond)
        menus->beyond--;
    else
        menus->open = menus->list[menus->open].parent;
}

void extlinux_menus_title(struct extlinux_menus *menus, char *title)
{
    auto_free char *owned = title;

    if (menus->open > 0 && !menus->beyond)
        replace_string(&menus->list[menus->open].title, take_pointer(owned));
}

void extlinux_menus_choose_open(struct extlinux_menus *menus)
{
    if (menus->open > 0 && !menus->beyond)
        add_line(menus, menus->list[menus->open].parent,
                 (struct extlinux_line){true, true, menus->open}, true);
}

void extlinux_menus_add(struct extlinux_menus *menus, int entry, bool chosen)
{
    add_line(menus, menus->open, (struct extlinux_line){true, false, entry}, chosen);
}

char *extlinux_menus_full_title(const struct extlinux_menus *menus, const char *title, size_t max)
{
    auto_free char *full = xstrdup(title);

    for (int menu = menus->open; menu > 0 && strlen(full) <= max; menu = menus->list[menu].parent)
        replace_string(&full, xasprintf("%s>%s", menus->list[menu].title, full));
    return strlen(full) > max ? xstrdup(title) : take_pointer(full);
}

/* A menu as a default boots its own default. A menu's number is larger than its parent's, and only
 * its parent has it as a line: this ends. */
int extlinux_menus_default(const struct extlinux_menus *menus)
{
    struct extlinux_line line = {true, true, menus->start};

    while (line.there && line.submenu)
        line = menus->list[line.index].chosen.there ? menus->list[line.index].chosen
                                                    : menus->list[line.index].first;
    return line.there ? line.index : EXTLINUX_NOTHING;
}

void extlinux_menus_free(struct extlinux_menus *menus)
{
    for (int i = 0; i < menus->count; i++)
        replace_string(&menus->list[i].title, NULL);
}
