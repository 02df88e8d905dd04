/* From volumes to the two files of an installation tree. See tree.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/tree.h"

#include <stdlib.h>
#include <string.h>

#include "distros/plan.h"
#include "distros/search.h"
#include "distros/tree_cache.h"
#include "fsprobe/filesystems.h"
#include "fsprobe/fs/file_map.h"
#include "fsprobe/kernel.h"
#include "fsprobe/unreadable.h"

#define ISO9660 "iso9660" /* as signature.c names it */

/* One volume that is looked at. */
struct tree_search {
    struct guest *guest;
    const struct tree_wish *wish;
    size_t volume;
    struct tree_found *found;
};

static const char *where_of(const struct tree_search *search)
{
    return search->guest->volumes[search->volume].where;
}

static char *path_of(const struct tree_search *search, const char *path)
{
    const char *folder = search->wish->folder ? search->wish->folder : "";
    size_t length = strlen(folder);

    while (length > 0 && folder[length - 1] == '/')
        length--;
    return xasprintf("%.*s/%s", (int)length, folder, path);
}

/* struct tree_reader's read; CONTEXT is a struct tree_search. What is no regular file is no
 * metadata: a folder "content" is anybody's. */
static int read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                         struct error *err)
{
    const struct tree_search *search = context;
    auto_free char *full = path_of(search, path);
    struct file_status status;
    bool whole = true;

    buffer_clear(out);
    int found = guest_status(search->guest, search->volume, full, &status, err);
    if (found <= 0 || !status.regular)
        return found < 0 ? -1 : 0;
    if (status.size > max)
        return error_set(err, ERROR_INVALID_SOURCE, "%s has %llu bytes, more than the %zu allowed",
                         path, (unsigned long long)status.size, max);
    return guest_read(search->guest, search->volume, full, max, out, &whole, err);
}

/* --- one layout -------------------------------------------------------------------------- */

static int look_ramdisk(struct tree_search *search, const struct tree_layout *layout,
                        struct error *err)
{
    struct tree_found *found = search->found;
    auto_free char *path = path_of(search, layout->ramdisk);
    auto_file_map struct file_map map = FILE_MAP_INIT;
    struct file_status status;
    int there = guest_status(search->guest, search->volume, path, &status, err);

    if (there < 0)
        return -1;
    if (there == 0 || !status.regular)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "the kernel %s is there, its ramdisk %s is not: is it the medium of "
                         "another installer, or a damaged one?",
                         layout->kernel, layout->ramdisk);
    found->has_ramdisk = entry_add_ramdisk(&found->entry, search->volume, path);
    found->ramdisk_size = status.size;
    if (!search->wish->identify)
        return 0;
    if (guest_map(search->guest, search->volume, path, &map, err) < 0)
        return -1;
    found->ramdisk_placed = map.count == 1 && map.runs[0].packing == FILE_PLAIN &&
                            !map.runs[0].escaped && map.runs[0].length == map.size;
    if (found->ramdisk_placed) {
        found->ramdisk_disk = map.runs[0].disk;
        found->ramdisk_at = map.runs[0].place;
    }
    return 0;
}

/* As struct layout_search has it. */
static int take_layout(void *context, const struct tree_layout *layout, struct error *err)
{
    struct tree_search *search = context;
    struct tree_found *found = search->found;
    auto_free char *path = path_of(search, layout->kernel);
    struct file_status status;
    int there = guest_status(search->guest, search->volume, path, &status, err);

    if (there <= 0 || !status.regular)
        return there < 0 ? -1 : 0;
    found->there = true;
    found->layout = (size_t)(layout - found->survey.tree.layouts);
    found->kernel_size = status.size;
    found->entry = (struct entry){.kernel = {.volume = search->volume, .path = take_pointer(path)}};
    if (!search->wish->identify && kernel_check(search->guest, &found->entry.kernel, err) < 0)
        return -1;
    return layout->ramdisk && look_ramdisk(search, layout, err) < 0 ? -1 : 1;
}

/* --- one volume -------------------------------------------------------------------------- */

static int no_kernel(const struct tree_search *search, size_t tried, struct error *err)
{
    auto_free char *why = survey_no_kernel(&search->found->survey);

    search->found->no_kernel = true;
    if (tried == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "it %s", why);
    return error_set(err, ERROR_INVALID_SOURCE,
                     "it has no kernel in any of the %zu places where installers keep it, from "
                     "images/xen/vmlinuz on; name the kernel with --kernel=PATH",
                     tried);
}

/* A tree that says nothing, or the wrong thing, is searched too where any will do. */
static int search_layouts(struct tree_search *search, const struct survey_request *request,
                          struct error *err)
{
    struct survey *survey = &search->found->survey;
    struct layout_search layouts = {take_layout, search, 0};
    const struct tree_request tree = {.arch = request->arch,
                                      .release = request->release,
                                      .repository = request->repository,
                                      .ramdisk = request->ramdisk};
    int found = search_tree(&layouts, &survey->tree, err);

    if (found != 0)
        return found;
    if (!survey_is_for_any(request) || request->identify)
        return no_kernel(search, 0, err);
    found = search_guesses(&layouts, &tree, &survey->tree, &survey->family, err);
    return found ? found : no_kernel(search, layouts.tried, err);
}

/* 1: its kernel and ramdisk are found, or it is known what it is; 0: to identify, it is nothing
 * that is known; -1 with ERR. */
static int look_at(struct tree_search *search, struct error *err)
{
    const struct tree_wish *wish = search->wish;
    const struct survey_request request = {.family = wish->family,
                                           .arch = wish->arch,
                                           .release = wish->release,
                                           .repository = REPOSITORY_CDROM,
                                           .kernel = wish->kernel,
                                           .ramdisk = wish->ramdisk,
                                           .identify = wish->identify};
    const struct tree_reader inside = {read_metadata, search};
    auto_tree_cache struct tree_cache cache;
    const struct tree_reader reader = {tree_cache_read, &cache};
    struct tree_found *found = search->found;
    auto_error struct error why = ERROR_INIT;

    tree_cache_start(&cache, &inside);
    int result = survey_tree(&request, &reader, &found->survey, &why);
    if (result == 0 && wish->identify && !found->survey.family)
        return 0;
    if (result == 0)
        result = search_layouts(search, &request, &why) < 0 ? -1 : 1;
    if (result > 0)
        return 1;
    if (wish->identify) {
        replace_string(&found->problem, take_pointer(why.text));
        return found->survey.family != NULL;
    }
    /* Whatever is wrong with a medium is the medium's. */
    return error_set(err, why.name == ERROR_INTERNAL ? ERROR_INVALID_SOURCE : why.name, "%s: %s",
                     where_of(search), why.text);
}

/* --- all of them ------------------------------------------------------------------------- */

static int cannot_read(struct guest *guest, const struct problems *problems, struct error *err)
{
    auto_buffer struct buffer readable = BUFFER_INIT(512),
                              causes = BUFFER_INIT(UNREADABLE_TEXT_MAX);
    const char *where = guest->volume_count ? guest->volumes[0].where : "the medium";

    filesystems_add_names(&readable);
    if (problems->count)
        return error_set(err, ERROR_INVALID_SOURCE, "%s", problems->texts[0]);
    (void)unreadable_add(guest, UNREADABLE_ALL, "", &causes);
    return error_set(
        err, ERROR_INVALID_SOURCE,
        "%s has no filesystem that can be read here (%s)%s%s: is there a medium in the "
        "drive?",
        where, buffer_text(&readable), causes.length ? "; " : "", buffer_text(&causes));
}

static bool is_iso(const struct volume *volume)
{
    return volume->type && strcmp(volume->type, ISO9660) == 0;
}

/* What keeps the files of the first volume away says more than that the others have none. */
static bool look_at_each(struct guest *guest, const struct tree_wish *wish, size_t *looked,
                         struct tree_found *found, struct error *first)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < guest->volume_count; i++) {
            struct tree_found here = {.problem = NULL};
            struct tree_search search = {guest, wish, i, &here};
            auto_error struct error err = ERROR_INIT;

            if (!guest->volumes[i].filesystem || is_iso(&guest->volumes[i]) != (pass == 0))
                continue;
            int result = look_at(&search, &err);
            if (result > 0 || *looked == 0) {
                tree_found_free(found);
                *found = here;
            } else {
                tree_found_free(&here);
            }
            if (result < 0 && *looked == 0) {
                *first = err;
                err = ERROR_INIT;
            }
            ++*looked;
            if (result > 0)
                return true;
        }
    return false;
}

int tree_look(struct guest *guest, const struct tree_wish *wish, const struct problems *problems,
              struct tree_found *found, struct error *err)
{
    auto_error struct error first = ERROR_INIT;
    size_t looked = 0;

    if (look_at_each(guest, wish, &looked, found, &first))
        return 0;
    if (looked == 0)
        return cannot_read(guest, problems, err);
    return wish->identify ? 0 : error_set(err, first.name, "%s", first.text);
}

void tree_found_free(struct tree_found *found)
{
    survey_free(&found->survey);
    entry_clear(&found->entry);
    free(found->problem);
    *found = (struct tree_found){.problem = NULL};
}
