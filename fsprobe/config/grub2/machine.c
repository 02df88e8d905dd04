/* What every part of the machine may do. See machine.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/machine.h"

#include <stdlib.h>

static void add_problem(struct grub2 *g, const char *format, va_list args)
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

void grub2_search_free(struct grub2_search *search)
{
    free(search->name);
    free(search->device);
    *search = (struct grub2_search){.name = NULL};
}
