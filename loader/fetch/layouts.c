/* The layouts of a tree in turn: only a kernel that is not there leads to the next one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/layouts.h"

#include <string.h>

#include "common/text.h"
#include "distros/search.h"
#include "loader/fetch/bound.h"
#include "loader/fetch/download.h"
#include "loader/fetch/plan.h"

/* Where the fetch stands; one for all layouts. */
struct round {
    const struct fetch_request *request;
    struct file_source *source;
    struct sink *sink;
    struct fetch_result *fetched;
    const char **blamed;
    struct download kernel, ramdisk;
    char *absence;        /* how the server said of a kernel that it is not there; owned */
    struct error evasion; /* how a server first said of a kernel that it is not there, without
                             saying so: a web page, or 403; empty: it did not */
};

static int start(struct round *round, struct download *d, enum fetch_file file, const char *path,
                 const struct checksum *sum, struct error *err)
{
    *d = (struct download){.request = round->request, .file = file, .sink = round->sink};
    if (download_start(d, round->source, path, sum, err) == 0)
        return 0;
    *round->blamed = boot_file_name(file);
    return -1;
}

static int give_up(struct round *round, struct download *d, struct error *err)
{
    *round->blamed = boot_file_name(d->file);
    return transfer_give_error(d->transfer, err);
}

static int missing(struct round *round, const struct download *d, const char *hint,
                   struct error *err)
{
    *round->blamed = boot_file_name(d->file);
    return error_set(err, ERROR_INVALID_SOURCE, "%s: %s%s", d->transfer->url, d->transfer->absence,
                     hint);
}

/* Many servers have a web page, or "forbidden", in the place of "not found". The place was only
 * tried: so it is not there. The sentence is kept for the case that no place is left. */
static bool is_evasive(struct round *round, struct download *d)
{
    if (!d->web_page && !d->transfer->withheld)
        return false;
    if (!round->evasion.text)
        (void)transfer_give_error(d->transfer, &round->evasion);
    return true;
}

/* Something has come that the host has not: only a run may take it for which others wait. */
static int tell_change(struct round *round, struct download *d, struct error *err)
{
    round->fetched->changed = true;
    return give_up(round, d, err);
}

/* The kernel is known to be there, and one. 1: the ramdisk is here too; 0: not yet; -1: ERR. */
static int look_at_ramdisk(struct round *round, struct error *err)
{
    switch (download_state(&round->ramdisk)) {
    case TRANSFER_FAILED:
        return give_up(round, &round->ramdisk, err);
    case TRANSFER_MISSING:
        return missing(round, &round->ramdisk, ": the kernel is there, its ramdisk is not", err);
    case TRANSFER_RUNNING:
        return 0;
    default:
        return 1;
    }
}

/* Both transfers to their end. 1: both are here; 0: no kernel there; -1: ERR. What became
 * of the ramdisk counts only once the kernel is known to be there, and one. */
static int run_both(struct round *round, bool with_ramdisk, struct error *err)
{
    for (;;) {
        enum transfer_state kernel = download_state(&round->kernel);

        if (round->kernel.refused || (with_ramdisk && round->ramdisk.refused))
            return tell_change(round, round->kernel.refused ? &round->kernel : &round->ramdisk,
                               err);
        if (kernel == TRANSFER_MISSING) {
            replace_string(&round->absence, xstrdup(round->kernel.transfer->absence));
            return 0;
        }
        if (kernel == TRANSFER_FAILED)
            return is_evasive(round, &round->kernel) ? 0 : give_up(round, &round->kernel, err);
        int ramdisk = with_ramdisk ? 0 : 1;
        if (with_ramdisk && (round->kernel.recognised || kernel != TRANSFER_RUNNING))
            ramdisk = look_at_ramdisk(round, err);
        if (ramdisk < 0)
            return -1;
        if (kernel != TRANSFER_RUNNING && ramdisk > 0)
            return 1;
        if (source_step(round->source, err) < 0)
            return -1;
    }
}

/* A file has come whole: is it what it should be? */
static int finish(struct round *round, struct download *d, const struct checksum *wanted,
                  struct fetch_result_file *out, struct error *err)
{
    const struct tree *tree = &round->fetched->tree;
    const char *sayer = tree->metadata ? tree->metadata : round->fetched->layout;

    *round->blamed = boot_file_name(d->file);
    if (download_finish(d, wanted, sayer, out, err) < 0)
        return -1;
    *round->blamed = NULL;
    return 0;
}

static int fetch_both(struct round *round, const struct tree_layout *layout, struct error *err)
{
    bool with_ramdisk = layout->ramdisk != NULL;
    struct fetch_result *fetched = round->fetched;

    /* What a layout before left in the ramdisk's file goes, also when none is wanted now. */
    if (sink_begin(round->sink, BOOT_RAMDISK, 0, err) < 0 ||
        start(round, &round->kernel, BOOT_KERNEL, layout->kernel, &layout->kernel_sum, err) < 0 ||
        (with_ramdisk && start(round, &round->ramdisk, BOOT_RAMDISK, layout->ramdisk,
                               &layout->ramdisk_sum, err) < 0))
        return -1;
    int result = run_both(round, with_ramdisk, err);
    if (result <= 0)
        return result;
    replace_string(&fetched->layout, xstrdup(layout->source ? layout->source : layout->kernel));
    if (finish(round, &round->kernel, &layout->kernel_sum, &fetched->kernel, err) < 0)
        return -1;
    fetched->has_ramdisk = with_ramdisk;
    if (with_ramdisk &&
        finish(round, &round->ramdisk, &layout->ramdisk_sum, &fetched->ramdisk, err) < 0)
        return -1;
    return 1;
}

static int fetch_layout(void *context, const struct tree_layout *layout, struct error *err)
{
    struct round *round = context;

    round->kernel = round->ramdisk = (struct download){0};
    int result = fetch_both(round, layout, err);
    source_stop(round->source, &round->kernel.transfer);
    source_stop(round->source, &round->ramdisk.transfer);
    return result;
}

static void round_end(struct round *round)
{
    error_clear(&round->evasion);
    replace_string(&round->absence, NULL);
}

/* No place is left, and the server said of one only in other words that it is not there. */
static int tell_evasion(struct round *round, struct error *err)
{
    *round->blamed = boot_file_name(BOOT_KERNEL);
    round->fetched->no_kernel = true;
    error_clear(err);
    *err = round->evasion;
    round->evasion = ERROR_INIT;
    return -1;
}

static int no_kernel(struct round *round, struct error *err)
{
    const struct tree *tree = &round->fetched->tree;
    const char *repository = source_repository(round->source);

    if (round->evasion.text && !tree->doubt)
        return tell_evasion(round, err);
    auto_free char *tried = search_kernels(tree);

    *round->blamed = boot_file_name(BOOT_KERNEL);
    round->fetched->no_kernel = true;
    if (tree->doubt)
        return error_set(err, ERROR_INVALID_SOURCE, "the repository %s %s", repository,
                         tree->doubt);
    if (tree->layout_count == 1)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "the repository %s has no kernel at %s (%s), where %s has it; "
                         "check the repository's URL",
                         repository, tried, round->absence,
                         tree->metadata ? tree->metadata : "this request");
    return error_set(err, ERROR_INVALID_SOURCE,
                     "the repository %s has no kernel where a tree of the family %s keeps it: %s "
                     "(%s); check its URL, install-distro and install-arch",
                     repository, round->fetched->family, tried, round->absence);
}

static int fetch_layouts(const struct fetch_request *request, struct file_source *source,
                         struct sink *sink, struct fetch_result *fetched, const char **blamed,
                         struct error *err)
{
    struct round round = {
        .request = request, .source = source, .sink = sink, .fetched = fetched, .blamed = blamed};
    struct layout_search search = {fetch_layout, &round, 0};
    int result = search_tree(&search, &fetched->tree, err);

    if (result == 0)
        result = no_kernel(&round, err);
    round_end(&round);
    return result < 0 ? -1 : 0;
}

/* --- any family's ------------------------------------------------------------------------ */

static int no_kernel_at_all(struct round *round, size_t tried, struct error *err)
{
    if (round->evasion.text)
        return tell_evasion(round, err);
    *round->blamed = boot_file_name(BOOT_KERNEL);
    round->fetched->no_kernel = true;
    return error_set(err, ERROR_INVALID_SOURCE,
                     "%s has no kernel in any of the %zu places where installers keep it, from "
                     "images/xen/vmlinuz on; check the URL, or name the kernel with --kernel=PATH",
                     source_repository(round->source), tried);
}

/* What the tree says of itself comes first, then what every tree of some family has. */
static int fetch_any(const struct fetch_request *request, struct file_source *source,
                     struct sink *sink, struct fetch_result *fetched, const char **blamed,
                     struct error *err)
{
    struct round round = {
        .request = request, .source = source, .sink = sink, .fetched = fetched, .blamed = blamed};
    const struct tree_request tree = {.arch = request->arch,
                                      .release = request->release,
                                      .repository = source_repository(source),
                                      .ramdisk = request->ramdisk};
    struct layout_search search = {fetch_layout, &round, 0};
    int result = search_tree(&search, &fetched->tree, err);

    if (result == 0)
        result = search_guesses(&search, &tree, &fetched->tree, &fetched->family, err);
    if (result == 0)
        result = no_kernel_at_all(&round, search.tried, err);
    round_end(&round);
    return result > 0 ? 0 : -1;
}

/* --- the ramdisk alone ------------------------------------------------------------------- */

static int fetch_ramdisk(const struct fetch_request *request, struct file_source *source,
                         struct sink *sink, struct fetch_result *fetched, const char **blamed,
                         struct error *err)
{
    struct round round = {
        .request = request, .source = source, .sink = sink, .fetched = fetched, .blamed = blamed};
    const struct checksum none = {0};
    int result = start(&round, &round.ramdisk, BOOT_RAMDISK, request->ramdisk, &none, err);
    const struct download *ramdisk = &round.ramdisk;

    while (result == 0 && download_state(ramdisk) == TRANSFER_RUNNING)
        result = source_step(source, err);
    if (result == 0 && download_state(ramdisk) == TRANSFER_FAILED)
        result = give_up(&round, &round.ramdisk, err);
    if (result == 0 && download_state(ramdisk) == TRANSFER_MISSING)
        result = missing(&round, &round.ramdisk, "", err);
    if (result == 0)
        result = finish(&round, &round.ramdisk, &none, &fetched->ramdisk, err);
    fetched->has_ramdisk = result == 0;
    source_stop(source, &round.ramdisk.transfer);
    return result;
}

/* --- together ---------------------------------------------------------------------------- */

/* What a tree is can be told without its files: that they cannot be had is a part of it. */
static int identify(const struct fetch_request *request, struct file_source *source,
                    struct sink *sink, struct fetch_result *fetched)
{
    auto_error struct error err = ERROR_INIT;
    const char *blamed = NULL;

    if (!fetched->family || fetch_layouts(request, source, sink, fetched, &blamed, &err) == 0)
        return 0;
    replace_string(&fetched->problem, take_pointer(err.text));
    return 0;
}

int layouts_fetch(const struct fetch_request *request, struct file_source *source,
                  struct sink *sink, struct fetch_result *fetched, const char **blamed,
                  struct error *err)
{
    *blamed = NULL;
    if (request->ramdisk_alone)
        return fetch_ramdisk(request, source, sink, fetched, blamed, err);
    if (plan_tree(request, source, fetched, err) < 0 ||
        bound_apply(request, &fetched->tree, source_repository(source), err) < 0)
        return -1;
    if (request->identify)
        return identify(request, source, sink, fetched);
    if (plan_is_for_any(request))
        return fetch_any(request, source, sink, fetched, blamed, err);
    return fetch_layouts(request, source, sink, fetched, blamed, err);
}
