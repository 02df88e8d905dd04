/* From configurations to the entry. See configurations.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/configurations.h"

#include <stdlib.h>

#include "fsprobe/config/grub2/grub2.h"
#include "fsprobe/config/grub_legacy.h"
#include "fsprobe/config/systemd_boot/bls_menu.h"
#include "fsprobe/config/systemd_boot/esp.h"
#include "fsprobe/formats.h"

/* --- one configuration ------------------------------------------------------------------- */

static enum verdict_role role_of(const struct menu *menu, size_t place)
{
    return place > 0 ? VERDICT_NEXT : menu->names_none ? VERDICT_FIRST : VERDICT_DEFAULT;
}

/* What the boot program of a configuration boots by itself: its default, and what it goes on to.
 * FIRST: the index of its first entry among all; TAKEN: how many there was room for. */
static void try_wanted(struct choose_search *search, size_t home, const struct menu *menu,
                       size_t first, size_t taken)
{
    char *before = NULL; /* what is wrong with the default */

    for (size_t i = 0; i < menu->wanted_count && menu->wanted[i] < taken; i++) {
        size_t index = first + menu->wanted[i];
        struct entry *entry = &search->choice->menu.entries[index];
        const struct verdict_about about = {search->guest, home, role_of(menu, i), entry};
        char *why;
        enum candidate candidate = search_look(search, &about, entry, &why);

        if (candidate == CANDIDATE_BOOTS) {
            search_succeed(search, index,
                           verdict_boots(&about, before, entry, search->request->select.ramdisk));
            break;
        }
        if (before) {
            menu_problem(&search->choice->menu, "%s", why);
            free(why);
        } else {
            before = why;
            search->choice->settled = candidate_is_settled(candidate);
        }
        if (!candidate_goes_on(menu->goes_on, candidate))
            break;
    }
    if (search->choice->found)
        free(before);
    else if (before)
        search_fail(search, before);
    else
        search_fail(search,
                    xasprintf("%s: there are too many entries to find the default of this one",
                              search_where(search, home)));
}

/* A configuration, of which SELECTED is the entry that was asked for, where it has that. */
static void try_entries(struct choose_search *search, size_t home, const struct menu *menu,
                        size_t selected, size_t first, size_t taken)
{
    bool has_default =
        !menu->no_default && !menu->names_none && menu->wanted_count > 0 && menu->wanted[0] < taken;

    if (search->request->select.entry) {
        if (selected != SELECT_NONE && selected < taken)
            search_try_asked(search, home, VERDICT_ASKED, first + selected,
                             has_default ? &search->choice->menu.entries[first + menu->wanted[0]]
                                         : NULL);
        return;
    }
    search->decided = true;
    if (menu->no_default)
        search_fail(search, xasprintf("%s: %s", search_where(search, home), menu->no_default));
    else if (menu->wanted_count == 0)
        search_fail(search,
                    xasprintf("%s: %s", search_where(search, home),
                              menu->problems.count ? menu->problems.texts[0]
                                                   : "no entry of its menu is the default"));
    else
        try_wanted(search, home, menu, first, taken);
}

/* Takes MENU over, and tries what it wants. One that says nothing at all decides nothing. */
static void try_menu(struct choose_search *search, size_t home, struct menu *menu)
{
    const char *text = search->request->select.entry;
    size_t selected = text ? select_entry(menu, text) : SELECT_NONE;
    bool says = menu->count > 0 || menu->no_default || menu->problems.count > 0;
    size_t first = search_take_entries(search, menu);
    size_t taken = search->choice->menu.count - first;

    search_take_problems(search, home, menu);
    if (!says)
        return;
    try_entries(search, home, menu, selected, first, taken);
    if (search->choice->found) {
        search->choice->menu.has_timeout = menu->has_timeout;
        search->choice->menu.timeout = menu->timeout;
    }
}

/* --- the configurations of a volume ------------------------------------------------------ */

/* A configuration that is there and cannot be read decides, too: WHY (taken). */
static void give_up(struct choose_search *search, char *why)
{
    search->configured = true;
    search->decided = search->decided || !search->request->select.entry;
    search_fail(search, why);
}

/* The configuration PATH says nothing, which is a problem where none says anything. */
static void tell_silent(struct choose_search *search, size_t volume, const char *path)
{
    auto_free char *text =
        xasprintf("%s: %s has no entry with a kernel", search_where(search, volume), path);

    menu_problem(&search->choice->menu, "%s", text);
    if (!search->silent)
        search->silent = take_pointer(text);
}

static void try_config(struct choose_search *search, size_t volume,
                       const struct boot_config *config, const char *path)
{
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_menu struct menu menu = MENU_INIT;
    auto_error struct error err = ERROR_INIT;
    bool whole = true;
    int result = guest_read(search->guest, volume, path, GUEST_CONFIG_MAX, &text, &whole, &err);

    if (result < 0)
        give_up(search, xasprintf("%s", err.text));
    if (result <= 0)
        return;
    search->configured = true;
    if (!whole)
        menu_no_default(&menu, "%s is larger than %d bytes; the rest is not read", path,
                        GUEST_CONFIG_MAX);
    if (config->parse(search->guest, volume, path, buffer_text(&text), text.length, &menu, &err) <
        0)
        menu_no_default(&menu, "%s", err.text);
    if (menu.count == 0 && !menu.no_default && menu.problems.count > 0)
        menu_no_default(&menu, "%s has no entry with a kernel: %s", path, menu.problems.texts[0]);
    if (menu.count == 0 && !menu.no_default)
        tell_silent(search, volume, path);
    try_menu(search, volume, &menu);
}

/* Boot Loader Specification entries. LATE: see bls_menu.h. */
static void try_bls(struct choose_search *search, size_t volume, bool late)
{
    static const enum bls_where places[] = {BLS_AT_ROOT, BLS_IN_BOOT};
    const struct bls_volumes volumes = {search->order, search->count};

    for (size_t i = 0; i < ARRAY_SIZE(places) && !search->decided; i++) {
        auto_menu struct menu menu = MENU_INIT;
        auto_error struct error err = ERROR_INIT;
        int result = bls_menu_read(search->guest, &volumes, volume, places[i], late, &menu, &err);

        if (result < 0)
            give_up(search, xasprintf("%s", err.text));
        /* An empty directory is no configuration. */
        if (menu.count == 0 && menu.problems.count == 0)
            continue;
        search->configured = true;
        if (result <= 0) {
            search_take_problems(search, volume, &menu);
            if (!search->silent)
                search->silent = xasprintf("%s: %s", search_where(search, volume),
                                           menu.problems.texts[menu.problems.count - 1]);
            continue;
        }
        try_menu(search, volume, &menu);
    }
}

/* GRUB's configurations where its packages put them for firmware: most are a few lines that go on
 * to one of the usual places. */
static void try_esp(struct choose_search *search, size_t volume)
{
    /* GRUB legacy for EFI, of RHEL 6, has no other place. */
    static const struct {
        const char *name;
        const struct boot_config *format;
    } files[] = {{"grub.cfg", &grub2_config}, {"grub.conf", &grub_legacy_config}};

    if (!esp_is(&search->guest->volumes[volume]))
        return;
    for (size_t f = 0; f < ARRAY_SIZE(files); f++) {
        auto_esp_paths struct esp_paths paths = {.count = 0};

        esp_find(search->guest, volume, files[f].name, &paths);
        for (size_t i = 0; i < paths.count && !search->decided; i++)
            try_config(search, volume, files[f].format, paths.list[i]);
    }
}

static void try_format(struct choose_search *search, size_t volume,
                       const struct boot_config *format, const struct places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        if (*places->roots[i] && !format->in_subvolumes)
            continue;
        for (const char *const *path = format->paths; *path && !search->decided; path++) {
            auto_free char *whole = xasprintf("%s%s", places->roots[i], *path);
            try_config(search, volume, format, whole);
        }
    }
}

static void try_volume(struct choose_search *search, size_t volume)
{
    auto_places struct places places;

    places_find(search->guest, volume, &search->choice->menu.problems, &places);
    for (const struct boot_config *const *format = boot_formats; *format; format++)
        try_format(search, volume, *format, &places);
    if (!search->decided)
        try_bls(search, volume, false);
}

void configurations_try(struct choose_search *search)
{
    for (size_t i = 0; i < search->count && !search->decided; i++)
        try_volume(search, search->order[i]);
    for (size_t i = 0; i < search->count && !search->decided; i++)
        try_esp(search, search->order[i]);
    for (size_t i = 0; i < search->count && !search->decided; i++)
        try_bls(search, search->order[i], true);
}
