/* What every part of the machine may do. See machine.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/machine.h"

#include <stdlib.h>

static void __attribute__((format(printf, 2, 0)))
add_problem(struct grub2 *g, const char *format, va_list args)
{
    auto_free char *text = xvasprintf(format, args);

    if (g->at)
        menu_problem(g->menu, "%s line %u: %s", g->at->source, g->at->line, text);
    else
        menu_problem(g->menu, "%s: %s", g->source, text);
}

void grub2_problem(struct grub2 *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_problem(g, format, args);
    va_end(args);
}

void grub2_unknown(struct grub2 *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_problem(g, format, args);
    va_end(args);
    g->unknown = true;
}

bool grub2_steps(struct grub2 *g, size_t count)
{
    if (g->flow == GRUB2_SPENT)
        return false;
    if (count <= g->steps_max - g->steps) {
        g->steps += count;
        return true;
    }
    grub2_problem(g, "stopped here: it takes more than %d steps in all, or %d for one entry",
                  GRUB2_STEPS_MAX, GRUB2_ENTRY_STEPS_MAX);
    g->steps = g->steps_max;
    g->flow = GRUB2_SPENT;
    return false;
}

void grub2_scope_free(struct grub2_scope *scope)
{
    for (size_t i = 0; i < scope->owned_count; i++)
        free(scope->owned[i]);
    free(scope->owned);
    scope->owned = NULL;
    scope->owned_count = 0;
}

void grub2_forget(struct grub2 *g, size_t loopbacks, size_t mounts, size_t searches)
{
    while (g->loopback_count > loopbacks)
        free(g->loopbacks[--g->loopback_count]);
    while (g->mount_count > mounts) {
        free(g->mounts[--g->mount_count].directory);
        free(g->mounts[g->mount_count].subvolume);
    }
    while (g->search_count > searches) {
        free(g->searches[--g->search_count].name);
        free(g->searches[g->search_count].device);
    }
}
