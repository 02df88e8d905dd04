/* Which entry of which configuration on which volume. See choose.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/choose.h"

#include <stdlib.h>
#include <string.h>

#include "fsprobe/choose_search.h"
#include "fsprobe/config/wellknown.h"
#include "fsprobe/configurations.h"
#include "fsprobe/filesystems.h"
#include "fsprobe/formats.h"
#include "fsprobe/unreadable.h"

/* --- without a configuration ------------------------------------------------------------- */

/* The kernels that have well-known names on VOLUME: the first one that is a kernel. */
static void try_wellknown(struct choose_search *search, size_t volume)
{
    const struct choose_request *request = search->request;
    auto_menu struct menu menu = MENU_INIT;
    auto_error struct error err = ERROR_INIT;

    if (wellknown_find(search->guest, volume, request->family, request->arch, &menu, &err) < 0)
        menu_problem(&search->choice->menu, "%s", err.text);
    menu.names_none = true;
    size_t selected =
        request->select.entry ? select_entry(&menu, request->select.entry) : SELECT_NONE;
    size_t first = search_take_entries(search, &menu), end = search->choice->menu.count;
    search_take_problems(search, volume, &menu);
    for (size_t i = first; i < end && !search->choice->found; i++) {
        struct entry *entry = &search->choice->menu.entries[i];
        const struct verdict_about about = {search->guest, volume, VERDICT_GUESS, entry};
        char *why;

        if (request->select.entry && i - first != selected)
            continue;
        if (search_look(search, &about, entry, &why) == CANDIDATE_BOOTS) {
            search_succeed(search, i, verdict_guessed(&about, search->failure));
        } else {
            menu_problem(&search->choice->menu, "%s", why);
            free(why);
        }
    }
}

/* A volume that cannot be opened, though its kind of filesystem is read, may hold a configuration,
 * and so may what a link leads to. */
static bool may_be_configured(struct choose_search *search)
{
    const struct guest *guest = search->guest;

    for (size_t i = 0; i < search->count; i++) {
        auto_free char *path = places_dangling(search->guest, search->order[i]);
        if (!path)
            continue;
        search_fail(search,
                    xasprintf("%s: the boot configuration %s is there, and leads to no file of "
                              "this filesystem",
                              search_where(search, search->order[i]), path));
        return true;
    }
    for (size_t i = 0; i < guest->volume_count; i++) {
        const struct volume *volume = &guest->volumes[i];
        if (volume->filesystem || !volume->type || !filesystem_of(volume->type))
            continue;
        search_fail(search,
                    xasprintf("%s may hold the boot configuration, and its filesystem (%s) cannot "
                              "be opened",
                              volume->where, volume->type));
        return true;
    }
    return false;
}

/* Whether kernels are looked for by their well-known names. */
static bool may_guess(struct choose_search *search)
{
    const struct choose_request *request = search->request;

    /* A number or a title out of a menu means nothing in that list. */
    if (request->select.kernel || (request->select.entry && search->choice->menu.count > 0))
        return false;
    if (request->well_known || wellknown_replaces(request->family))
        return true;
    return !search->configured && !may_be_configured(search);
}

static void guess(struct choose_search *search)
{
    if (!may_guess(search))
        return;
    for (size_t i = 0; i < search->count && !search->choice->found; i++)
        try_wellknown(search, search->order[i]);
}

/* --- files that were asked for ----------------------------------------------------------- */

/* The kernel that was asked for, on the first volume that has it. */
static void try_files(struct choose_search *search)
{
    const struct selection *select = &search->request->select;
    struct menu *menu = &search->choice->menu;

    for (size_t i = 0; i < search->count; i++) {
        auto_error struct error err = ERROR_INIT;
        struct file_status status;
        int result = guest_status(search->guest, search->order[i], select->kernel, &status, &err);

        if (result < 0)
            menu_problem(menu, "%s", err.text);
        if (result <= 0)
            continue;
        size_t index = select_add_files(select, search->guest, search->order[i], menu);
        search->decided = true;
        if (index != SELECT_NONE)
            search_try_asked(search, search->order[i], VERDICT_FILE, index, NULL);
        return;
    }
}

/* --- together ---------------------------------------------------------------------------- */

/* The order in which volumes are asked. */
static void order_volumes(struct choose_search *search)
{
    const struct guest *guest = search->guest;

    for (unsigned disk = 0; disk < guest->disk_count; disk++)
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < guest->volume_count; i++) {
                const struct volume *volume = &guest->volumes[i];
                bool first = volume->active && !volume->gpt;
                if (volume->disk == disk && volume->filesystem && first == (pass == 0) &&
                    select_covers(&search->request->select, volume))
                    search->order[search->count++] = i;
            }
}

/* A volume at the place that was asked for which others are made of; NULL: there is none. */
static const struct volume *placed_member(const struct choose_search *search)
{
    const struct guest *guest = search->guest;

    for (size_t i = 0; i < guest->volume_count; i++) {
        const struct volume *volume = &guest->volumes[i];
        const char *end = volume->type ? strstr(volume->type, "_member") : NULL;
        if (end && !volume->filesystem && select_covers(&search->request->select, volume))
            return volume;
    }
    return NULL;
}

/* No volume could be asked. CAUSES: why not, or "". */
static void tell_unreadable(struct choose_search *search, const char *causes)
{
    const struct selection *select = &search->request->select;
    bool placed = select->has_offset || select->has_partition || select->volume;
    const struct volume *member = placed ? placed_member(search) : NULL;
    auto_buffer struct buffer readable = BUFFER_INIT(512);

    filesystems_add_names(&readable);
    if (member)
        menu_problem(
            &search->choice->menu,
            "%s is a part of what other volumes are made of (%s), and these have no place on "
            "the disk: boot the disk without naming a partition or an offset",
            member->where, member->type);
    else if (*causes && !placed)
        menu_problem(&search->choice->menu, "%s", causes);
    else
        menu_problem(&search->choice->menu, "%s filesystem that can be read here (%s)%s%s%s",
                     placed ? "the first disk has no" : "none of the disks has a",
                     buffer_text(&readable), placed ? " at the place that was asked for" : "",
                     *causes ? ": " : "", causes);
}

/* When nothing boots: what was looked for, where, and what could not be looked into. */
static void tell_nothing(struct choose_search *search)
{
    const struct selection *select = &search->request->select;
    struct menu *menu = &search->choice->menu;
    auto_buffer struct buffer places = BUFFER_INIT(512), names = BUFFER_INIT(1024);
    auto_buffer struct buffer causes = BUFFER_INIT(UNREADABLE_TEXT_MAX);

    for (size_t i = 0; i < search->count; i++)
        (void)buffer_addf(&places, "%s%s", i ? ", " : "", search_where(search, search->order[i]));
    formats_add_paths(&names);
    (void)unreadable_add(search->guest, search->count ? UNREADABLE_LIKELY : UNREADABLE_ALL, "",
                         &causes);
    if (search->count == 0)
        tell_unreadable(search, buffer_text(&causes));
    else if (select->entry)
        menu_problem(menu, "no boot configuration on %s has the entry \"%s\"", buffer_text(&places),
                     select->entry);
    else if (select->kernel)
        menu_problem(menu, "the kernel %s that was asked for is not on %s", select->kernel,
                     buffer_text(&places));
    else
        menu_problem(menu,
                     "%s%snothing to boot was found on %s; looked for %s, /loader/entries, "
                     "/boot/loader/entries, /EFI/Linux, /EFI/*/grub.cfg, and vmlinuz by its "
                     "well-known names in / and /boot",
                     buffer_text(&causes), causes.length ? "; " : "", buffer_text(&places),
                     buffer_text(&names));
}

/* Why nothing boots. */
static void explain(struct choose_search *search)
{
    if (!search->failure && search->silent && !search->request->select.entry)
        search_fail(search, take_pointer(search->silent));
    if (!search->failure)
        tell_nothing(search);
    search->choice->cause = take_pointer(search->failure);
}

void choose(struct guest *guest, const struct choose_request *request, struct choice *choice)
{
    struct choose_search search = {.guest = guest, .request = request, .choice = choice};

    choice->found = false;
    order_volumes(&search);
    if (request->select.kernel)
        try_files(&search);
    else
        configurations_try(&search);
    if (!choice->found)
        guess(&search);
    if (choice->found)
        kernel_config_read(guest, &choice->menu.entries[choice->boot].kernel,
                           choice->menu.entries[choice->boot].version, &choice->config);
    else
        explain(&search);
    free(search.failure);
    free(search.silent);
}

void choice_free(struct choice *choice)
{
    menu_free(&choice->menu);
    kernel_config_free(&choice->config);
    replace_string(&choice->instead, NULL);
    replace_string(&choice->cause, NULL);
}
