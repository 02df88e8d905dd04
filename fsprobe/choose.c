/* Which entry of which configuration on which volume. See choose.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/choose.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fsprobe/config/grub2/grub2.h"
#include "fsprobe/config/systemd_boot/bls_menu.h"
#include "fsprobe/config/systemd_boot/esp.h"
#include "fsprobe/config/wellknown.h"
#include "fsprobe/filesystems.h"
#include "fsprobe/formats.h"
#include "fsprobe/kernel.h"
#include "fsprobe/unreadable.h"

struct choose_search {
    struct guest *guest;
    const struct choose_request *request;
    struct choice *choice;
    struct bls_volumes volumes; /* that are asked */
    bool given_up;              /* what was asked for is there and cannot be booted */
};

bool choose_is_clean(const char *text)
{
    if (!text)
        return true;
    json_t *json = text_is_clean(text) ? json_string(text) : NULL; /* NULL: not UTF-8 */
    bool clean = json != NULL;
    json_decref(json);
    return clean;
}

static bool entry_is_clean(const struct entry *entry)
{
    for (size_t i = 0; i < entry->ramdisk_count; i++)
        if (!choose_is_clean(entry->ramdisks[i].path))
            return false;
    return choose_is_clean(entry->kernel.path) && choose_is_clean(entry->args);
}

static const char *title_of(const struct entry *entry)
{
    return entry->title ? entry->title : entry->id ? entry->id : entry->kernel.path;
}

/* Takes the problems of a configuration over, each with the volume's name. (Errors of a
 * filesystem name it already.) */
static void take_problems(struct choose_search *search, size_t volume, struct menu *menu)
{
    for (size_t i = 0; i < menu->problems.count; i++)
        menu_problem(&search->choice->menu, "%s: %s", search->guest->volumes[volume].where,
                     menu->problems.texts[i]);
}

/* Moves the entries of MENU behind those that are there. Returns the index of the first; those
 * for which there is no room stay where they are. */
static size_t take_entries(struct choose_search *search, struct menu *menu)
{
    struct choice *choice = search->choice;
    size_t first = choice->menu.count;

    for (size_t i = 0; i < menu->count; i++) {
        struct entry *entry = menu_add(&choice->menu);
        if (!entry)
            break;
        *entry = menu->entries[i];
        menu->entries[i] = (struct entry){0};
        choice->is_default[choice->menu.count - 1] = menu->wanted_count > 0 && menu->wanted[0] == i;
    }
    return first;
}

/* Ramdisks do not decide whether an entry counts; that one is missing is told. */
static void check_ramdisks(struct choose_search *search, const struct entry *entry)
{
    for (size_t i = 0; i < entry->ramdisk_count; i++) {
        const struct boot_file *file = &entry->ramdisks[i];
        auto_error struct error err = ERROR_INIT;
        struct file_status status;
        int result = guest_status(search->guest, file->volume, file->path, &status, &err);
        const char *why = result < 0        ? err.text
                          : result == 0     ? "it is not there"
                          : !status.regular ? "it is not a regular file"
                                            : NULL;
        if (why)
            menu_problem(&search->choice->menu, "%s: the ramdisk %s of \"%s\" cannot be used: %s",
                         search->guest->volumes[file->volume].where, file->path, title_of(entry),
                         why);
    }
}

/* Whether entry INDEX of all counts; then it is the one. */
static bool try_entry(struct choose_search *search, size_t index)
{
    const struct selection *select = &search->request->select;
    struct choice *choice = search->choice;
    struct entry *entry = &choice->menu.entries[index];
    auto_error struct error err = ERROR_INIT;

    if (select->ramdisk && !select_ramdisk(select, search->guest, entry, &choice->menu)) {
        search->given_up = true;
        return false;
    }
    if (entry->broken)
        error_set(&err, ERROR_INVALID_SOURCE, "%s", entry->broken);
    else if (!entry_is_clean(entry))
        error_set(&err, ERROR_INVALID_SOURCE,
                  "its paths or arguments hold control characters, or are not UTF-8");
    else if (kernel_check(search->guest, &entry->kernel, &err) == 0) {
        check_ramdisks(search, entry);
        choice->found = true;
        choice->boot = index;
        return true;
    }
    menu_problem(&choice->menu, "%s: \"%s\" of %s is passed over: %s",
                 search->guest->volumes[entry->kernel.volume].where, title_of(entry), entry->source,
                 err.text);
    return false;
}

static bool is_wanted(const struct menu *menu, size_t index)
{
    for (size_t i = 0; i < menu->wanted_count; i++)
        if (menu->wanted[i] == index)
            return true;
    return false;
}

/* The entry that was asked for, FOUND among those of one configuration. */
static bool try_selected(struct choose_search *search, size_t first, size_t taken, size_t found)
{
    if (found == SELECT_NONE || found >= taken)
        return false;
    search->given_up = !try_entry(search, first + found);
    return !search->given_up;
}

/* The wanted entries of one configuration, then the others in their order. */
static bool try_wanted(struct choose_search *search, size_t volume, const struct menu *menu,
                       size_t first, size_t taken)
{
    size_t tries = 0;

    for (size_t i = 0; i < menu->wanted_count; i++)
        if (menu->wanted[i] < taken && try_entry(search, first + menu->wanted[i]))
            return true;
    for (size_t i = 0; i < taken && tries < CHOOSE_TRIES_MAX; i++)
        if (!is_wanted(menu, i) && ++tries && try_entry(search, first + i))
            return true;
    if (tries == CHOOSE_TRIES_MAX)
        menu_problem(&search->choice->menu, "%s: no more than %d entries of a menu are tried",
                     search->guest->volumes[volume].where, CHOOSE_TRIES_MAX);
    return false;
}

static bool try_menu(struct choose_search *search, size_t volume, struct menu *menu)
{
    const char *text = search->request->select.entry;
    size_t selected = text ? select_entry(menu, text) : SELECT_NONE;
    size_t first = take_entries(search, menu);
    size_t taken = search->choice->menu.count - first;

    take_problems(search, volume, menu);
    if (text ? !try_selected(search, first, taken, selected)
             : !try_wanted(search, volume, menu, first, taken))
        return false;
    search->choice->menu.has_timeout = menu->has_timeout;
    search->choice->menu.timeout = menu->timeout;
    return true;
}

static bool try_config(struct choose_search *search, size_t volume,
                       const struct boot_config *config, const char *path)
{
    auto_buffer struct buffer text = BUFFER_INIT(GUEST_CONFIG_MAX);
    auto_menu struct menu menu = MENU_INIT;
    auto_error struct error err = ERROR_INIT;
    bool whole = true;
    int result = guest_read(search->guest, volume, path, GUEST_CONFIG_MAX, &text, &whole, &err);

    if (result < 0)
        menu_problem(&search->choice->menu, "%s", err.text);
    if (result <= 0)
        return false;
    if (!whole)
        menu_problem(&menu, "%s is larger than %d bytes; the rest is not read", path,
                     GUEST_CONFIG_MAX);
    if (config->parse(search->guest, volume, path, buffer_text(&text), text.length, &menu, &err) <
        0)
        menu_problem(&menu, "%s", err.text);
    else if (menu.count == 0)
        menu_problem(&menu, "%s has no entry with a kernel", path);
    return try_menu(search, volume, &menu);
}

/* Boot Loader Specification entries. LATE: see bls_menu.h. */
static bool try_bls(struct choose_search *search, size_t volume, bool late)
{
    static const enum bls_where places[] = {BLS_AT_ROOT, BLS_IN_BOOT};

    for (size_t i = 0; i < ARRAY_SIZE(places) && !search->given_up; i++) {
        auto_menu struct menu menu = MENU_INIT;
        auto_error struct error err = ERROR_INIT;
        int result =
            bls_menu_read(search->guest, &search->volumes, volume, places[i], late, &menu, &err);

        if (result < 0)
            menu_problem(&search->choice->menu, "%s", err.text);
        if (result != 0 && try_menu(search, volume, &menu))
            return true;
    }
    return false;
}

/* GRUB's configurations where its packages put them for firmware: most are a few lines that go on
 * to one of the usual places. */
static bool try_esp(struct choose_search *search, size_t volume)
{
    auto_esp_paths struct esp_paths paths = {.count = 0};
    bool found = false;

    if (!esp_is(&search->guest->volumes[volume]))
        return false;
    esp_find(search->guest, volume, "grub.cfg", &paths);
    for (size_t i = 0; i < paths.count && !found && !search->given_up; i++)
        found = try_config(search, volume, &grub2_config, paths.list[i]);
    return found;
}

static bool try_volume(struct choose_search *search, size_t volume)
{
    for (const struct boot_config *const *format = boot_formats; *format; format++)
        for (const char *const *path = (*format)->paths; *path; path++)
            if (try_config(search, volume, *format, *path) || search->given_up)
                return true;
    return try_bls(search, volume, false);
}

static bool try_wellknown(struct choose_search *search, size_t volume)
{
    auto_menu struct menu menu = MENU_INIT;
    auto_error struct error err = ERROR_INIT;

    if (wellknown_find(search->guest, volume, search->request->family, search->request->arch, &menu,
                       &err) < 0)
        menu_problem(&search->choice->menu, "%s", err.text);
    return try_menu(search, volume, &menu);
}

/* The kernel that was asked for, on the first volume that has it. */
static void try_files(struct choose_search *search, const size_t *order, size_t count)
{
    const struct selection *select = &search->request->select;
    struct menu *menu = &search->choice->menu;

    for (size_t i = 0; i < count; i++) {
        auto_error struct error err = ERROR_INIT;
        struct file_status status;
        int result = guest_status(search->guest, order[i], select->kernel, &status, &err);

        if (result < 0)
            menu_problem(menu, "%s", err.text);
        if (result <= 0)
            continue;
        size_t index = select_add_files(select, search->guest, order[i], menu);
        search->given_up = index == SELECT_NONE || !try_entry(search, index);
        return;
    }
}

/* The order in which volumes are asked. Returns how many have files. */
static size_t order_volumes(const struct guest *guest, const struct selection *select,
                            size_t order[GUEST_VOLUMES_MAX])
{
    size_t count = 0;

    for (unsigned disk = 0; disk < guest->disk_count; disk++)
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < guest->volume_count; i++) {
                const struct volume *volume = &guest->volumes[i];
                bool first = volume->active && !volume->gpt;
                if (volume->disk == disk && volume->filesystem && first == (pass == 0) &&
                    select_covers(select, volume))
                    order[count++] = i;
            }
    return count;
}

/* No volume could be asked. CAUSES: why not, or "". */
static void tell_unreadable(struct choose_search *search, const char *causes)
{
    const struct selection *select = &search->request->select;
    bool placed = select->has_offset || select->has_partition || select->volume;
    auto_buffer struct buffer readable = BUFFER_INIT(512);

    filesystems_add_names(&readable);
    if (*causes && !placed)
        menu_problem(&search->choice->menu, "%s", causes);
    else
        menu_problem(&search->choice->menu, "%s filesystem that can be read here (%s)%s%s%s",
                     placed ? "the first disk has no" : "none of the disks has a",
                     buffer_text(&readable), placed ? " at the place that was asked for" : "",
                     *causes ? ": " : "", causes);
}

/* When nothing boots: what was looked for, where, and what could not be looked into. */
static void tell_nothing(struct choose_search *search, const size_t *order, size_t count)
{
    const struct selection *select = &search->request->select;
    struct menu *menu = &search->choice->menu;
    auto_buffer struct buffer places = BUFFER_INIT(512), names = BUFFER_INIT(1024);
    auto_buffer struct buffer causes = BUFFER_INIT(UNREADABLE_TEXT_MAX);

    for (size_t i = 0; i < count; i++)
        (void)buffer_addf(&places, "%s%s", i ? ", " : "", search->guest->volumes[order[i]].where);
    formats_add_paths(&names);
    (void)unreadable_add(search->guest, count ? UNREADABLE_LIKELY : UNREADABLE_ALL, "", &causes);
    if (count == 0)
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

static bool is_decided(const struct choose_search *search)
{
    return search->choice->found || search->given_up;
}

void choose(struct guest *guest, const struct choose_request *request, struct choice *choice)
{
    const struct selection *select = &request->select;
    size_t order[GUEST_VOLUMES_MAX];
    size_t count = order_volumes(guest, select, order);
    struct choose_search search = {guest, request, choice, {order, count}, false};

    choice->found = false;
    if (select->kernel)
        try_files(&search, order, count);
    for (size_t i = 0; i < count && !select->kernel && !is_decided(&search); i++)
        (void)try_volume(&search, order[i]);
    for (size_t i = 0; i < count && !select->kernel && !is_decided(&search); i++)
        (void)try_esp(&search, order[i]);
    for (size_t i = 0; i < count && !select->kernel && !is_decided(&search); i++)
        (void)try_bls(&search, order[i], true);
    /* A number or a title out of a menu means nothing in this list. */
    bool listed = select->kernel || (select->entry && choice->menu.count > 0);
    for (size_t i = 0; i < count && !listed && !is_decided(&search); i++)
        (void)try_wellknown(&search, order[i]);
    if (choice->found)
        kernel_config_read(guest, &choice->menu.entries[choice->boot].kernel, &choice->config);
    else if (!search.given_up)
        tell_nothing(&search, order, count);
}

void choice_free(struct choice *choice)
{
    menu_free(&choice->menu);
    kernel_config_free(&choice->config);
}
