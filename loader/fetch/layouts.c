/* The layouts of a tree in turn: only a kernel that is not there leads to the next one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/layouts.h"

#include <string.h>

#include "common/text.h"
#include "distros/search.h"
#include "loader/fetch/bound.h"
#include "loader/fetch/plan.h"
#include "loader/fetch/source/content.h"

/* One file on its way from a transfer into the sink. */
struct download {
    enum fetch_file file;
    struct sink *sink;
    struct transfer *transfer;        /* NULL: none */
    unsigned char head[CONTENT_HEAD]; /* until it is recognised */
    size_t head_length;
    bool recognised;
    bool web_page; /* it is an HTML page in the place of a file */
};

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

const char *boot_file_name(enum fetch_file file)
{
    return file == BOOT_KERNEL ? "kernel" : "ramdisk";
}

static int refuse_content(struct download *d, enum content_kind content, struct error *err)
{
    const char *url = transfer_shown(d->transfer), *name = boot_file_name(d->file);

    d->web_page = content == CONTENT_HTML;
    if (d->web_page)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s is an HTML page, not a %s: does the network want a login, or is the "
                         "repository's URL that of a web page?",
                         url, name);
    return error_set(err, ERROR_INVALID_SOURCE, "%s is not a kernel (none of " KERNEL_FORMS ")",
                     url);
}

/* Judges the first bytes as soon as they are enough. */
static int recognise(struct download *d, bool at_end, struct error *err)
{
    enum content_kind content = content_recognise(d->head, d->head_length, at_end);
    if (content == CONTENT_UNDECIDED)
        return 0;
    /* A ramdisk may be anything that is no web page. */
    if (content == CONTENT_HTML || (content == CONTENT_OTHER && d->file == BOOT_KERNEL))
        return refuse_content(d, content, err);
    d->recognised = true;
    return 0;
}

static int take_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
    struct download *d = context;
    if (!d->recognised) {
        size_t part = CONTENT_HEAD - d->head_length;
        if (part > length)
            part = length;
        memcpy(d->head + d->head_length, bytes, part);
        d->head_length += part;
        if (recognise(d, false, err) < 0)
            return -1;
    }
    return sink_add(d->sink, d->file, bytes, length, err);
}

/* Those that somebody will ask for, DIGEST_BITs: each costs as much time as the file takes. */
static unsigned digests_of(const struct fetch_request *request, enum fetch_file file,
                           const struct checksum *sum)
{
    unsigned mask = request->all_digests   ? DIGESTS_OF_TABLES
                    : file == BOOT_RAMDISK ? request->ramdisk_digests
                                           : 0;

    return sum->digest == DIGEST_NONE ? mask : mask | DIGEST_BIT(sum->digest);
}

static int start(struct round *round, struct download *d, enum fetch_file file, const char *path,
                 const struct checksum *sum, struct error *err)
{
    const struct fetch_request *request = round->request;
    struct transfer_spec spec = {.what = boot_file_name(file),
                                 .limit = file == BOOT_KERNEL ? request->kernel_max
                                                              : request->ramdisk_max,
                                 .limit_error = ERROR_LIMITS,
                                 .data = take_bytes,
                                 .context = d};

    *d = (struct download){.file = file, .sink = round->sink};
    if (sink_begin(round->sink, file, digests_of(request, file, sum), err) == 0)
        d->transfer = source_start(round->source, path, &spec, err);
    if (d->transfer)
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

/* Both transfers to their end. 1: both are here; 0: no kernel there; -1: ERR. What became
 * of the ramdisk counts only once the kernel is known to be there, and one. */
static int run_both(struct round *round, bool with_ramdisk, struct error *err)
{
    const struct transfer *kernel = round->kernel.transfer, *ramdisk = round->ramdisk.transfer;

    for (;;) {
        if (kernel->state == TRANSFER_MISSING) {
            replace_string(&round->absence, xstrdup(kernel->absence));
            return 0;
        }
        if (kernel->state == TRANSFER_FAILED)
            return is_evasive(round, &round->kernel) ? 0 : give_up(round, &round->kernel, err);
        if (with_ramdisk && (round->kernel.recognised || kernel->state == TRANSFER_DONE)) {
            if (ramdisk->state == TRANSFER_FAILED)
                return give_up(round, &round->ramdisk, err);
            if (ramdisk->state == TRANSFER_MISSING)
                return missing(round, &round->ramdisk, ": the kernel is there, its ramdisk is not",
                               err);
        }
        bool ramdisk_runs = with_ramdisk && ramdisk->state == TRANSFER_RUNNING;
        if (kernel->state == TRANSFER_DONE && !ramdisk_runs)
            return 1;
        if (source_step(round->source, err) < 0)
            return -1;
    }
}

static const char *digest_title(enum digest digest)
{
    static const char *const titles[] = {
        [DIGEST_MD5] = "MD5",
        [DIGEST_SHA1] = "SHA-1",
        [DIGEST_SHA256] = "SHA-256",
        [DIGEST_SHA512] = "SHA-512",
    };
    return titles[digest];
}

static int verify(struct round *round, struct download *d, const struct checksum *wanted,
                  struct fetch_result_file *out, struct error *err)
{
    const struct tree *tree = &round->fetched->tree;
    struct checksum got = {0};

    if (wanted->digest == DIGEST_NONE)
        return 0;
    if (wanted->digest == DIGEST_MD5)
        got = out->md5;
    else if (wanted->digest == DIGEST_SHA256)
        got = out->sha256;
    else if (sink_digest(d->sink, d->file, wanted->digest, &got, err) < 0)
        return -1;
    if (strcmp(got.hex, wanted->hex) != 0)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s has the %s %s, but %s says %s: the file is damaged, or the mirror is "
                         "being updated; try again later, or another mirror",
                         d->transfer->url, digest_title(wanted->digest), got.hex,
                         tree->metadata ? tree->metadata : round->fetched->layout, wanted->hex);
    out->verified = wanted->digest;
    return 0;
}

/* A file has come whole: is it what it should be? */
static int finish(struct round *round, struct download *d, const struct checksum *wanted,
                  struct fetch_result_file *out, struct error *err)
{
    *round->blamed = boot_file_name(d->file);
    if (d->transfer->received == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "%s is empty", d->transfer->url);
    if (!d->recognised && recognise(d, true, err) < 0)
        return -1;
    if (sink_end(d->sink, d->file, err) < 0)
        return -1;
    out->url = xstrdup(d->transfer->url);
    out->size = sink_size(d->sink, d->file);
    unsigned mask = digests_of(round->request, d->file, wanted);
    if (((mask & DIGEST_BIT(DIGEST_MD5)) &&
         sink_digest(d->sink, d->file, DIGEST_MD5, &out->md5, err) < 0) ||
        ((mask & DIGEST_BIT(DIGEST_SHA256)) &&
         sink_digest(d->sink, d->file, DIGEST_SHA256, &out->sha256, err) < 0) ||
        verify(round, d, wanted, out, err) < 0)
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
    const struct transfer *transfer = round.ramdisk.transfer;

    while (result == 0 && transfer->state == TRANSFER_RUNNING)
        result = source_step(source, err);
    if (result == 0 && transfer->state == TRANSFER_FAILED)
        result = give_up(&round, &round.ramdisk, err);
    if (result == 0 && transfer->state == TRANSFER_MISSING)
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
