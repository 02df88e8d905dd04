/* What every way of choosing does. See choose_search.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/choose_search.h"

#include <stdlib.h>

const char *search_where(const struct choose_search *search, size_t volume)
{
    return search->guest->volumes[volume].where;
}

void search_fail(struct choose_search *search, char *why)
{
    menu_problem(&search->choice->menu, "%s", why);
    if (search->failure)
        free(why);
    else
        search->failure = why;
}

void search_succeed(struct choose_search *search, size_t index, char *instead)
{
    struct choice *choice = search->choice;

    choice->found = true;
    choice->boot = index;
    choice->instead = instead;
    if (instead)
        menu_problem(&choice->menu, "%s", instead);
}

void search_take_problems(struct choose_search *search, size_t volume, struct menu *menu)
{
    for (size_t i = 0; i < menu->problems.count; i++)
        menu_problem(&search->choice->menu, "%s: %s", search->guest->volumes[volume].where,
                     menu->problems.texts[i]);
}

size_t search_take_entries(struct choose_search *search, struct menu *menu)
{
    struct choice *choice = search->choice;
    size_t first = choice->menu.count;

    for (size_t i = 0; i < menu->count; i++) {
        struct entry *entry = menu_add(&choice->menu);
        if (!entry)
            break;
        *entry = menu->entries[i];
        menu->entries[i] = (struct entry){0};
        choice->is_default[choice->menu.count - 1] = !menu->no_default && !menu->names_none &&
                                                     menu->wanted_count > 0 && menu->wanted[0] == i;
    }
    return first;
}

enum candidate search_look(struct choose_search *search, const struct verdict_about *about,
                           struct entry *entry, char **why)
{
    const struct selection *select = &search->request->select;
    auto_error struct error err = ERROR_INIT;

    if (select->ramdisk && select_ramdisk(select, search->guest, entry, &err) < 0) {
        *why = xasprintf("%s", err.text);
        return CANDIDATE_REFUSED;
    }
    enum candidate candidate = candidate_look(search->guest, about->home, entry, &err);
    *why = candidate == CANDIDATE_BOOTS ? NULL : verdict_fails(about, err.text);
    return candidate;
}

void search_try_asked(struct choose_search *search, size_t home, enum verdict_role role,
                      size_t index, const struct entry *default_entry)
{
    struct entry *entry = &search->choice->menu.entries[index];
    const struct verdict_about about = {search->guest, home, role, entry};
    char *why;

    search->decided = true;
    enum candidate candidate = search_look(search, &about, entry, &why);
    if (candidate == CANDIDATE_BOOTS)
        search_succeed(search, index,
                       verdict_boots(&about, NULL, default_entry, search->request->select.ramdisk));
    else
        search_fail(search, why);
    search->choice->settled = candidate_is_settled(candidate);
}
