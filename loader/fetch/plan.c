/* What the repository is, and where in it to look. See plan.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/plan.h"

#include <string.h>

#include "distros/families.h"
#include "distros/guess.h"
#include "distros/tree_cache.h"

bool plan_is_for_any(const struct fetch_request *request)
{
    return request->family && strcmp(request->family, GUESS_ANY) == 0;
}

static int unrecognised(const struct file_source *source, struct error *err)
{
    return error_set(err, ERROR_INVALID_SOURCE,
                     "the repository %s does not say what it is (no .treeinfo, .discinfo, content, "
                     "media.1/products or dists/RELEASE/Release): check its URL, or name the "
                     "family with install-distro or --distro",
                     source_repository(source));
}

/* A fact that the family's plan does not look for, from where the tree was recognised. */
static void complete(char **fact, const char *recognised)
{
    if (!*fact && recognised)
        *fact = xstrdup(recognised);
}

static int plan_family(const struct fetch_request *r, const struct file_source *source,
                       const struct tree_reader *reader, const char *family,
                       struct fetch_result *fetched, struct error *err)
{
    const struct recognised *recognised = &fetched->recognised;
    struct tree_request request = {.family = family,
                                   .arch = r->arch ? r->arch : recognised->arch,
                                   .release = r->release,
                                   .repository = source_repository(source),
                                   .kernel = r->kernel,
                                   .ramdisk = r->ramdisk};

    /* A release that nobody asked for is good enough to be told of, not to be installed. */
    if (recognised->release && (r->identify || plan_is_for_any(r)))
        request.release = recognised->release;
    if (tree_plan(&request, reader, &fetched->tree, err) < 0)
        return -1;
    if (!recognised->family || strcmp(recognised->family, family) != 0)
        return 0;
    complete(&fetched->tree.name, recognised->tree.name);
    complete(&fetched->tree.version, recognised->tree.version);
    complete(&fetched->tree.arch, recognised->tree.arch);
    return 0;
}

/* For a family that was asked for, recognition only adds to what is known: what keeps it from
 * its end is either met again by the family's plan, or none of this request's business. */
static int recognise(const struct fetch_request *r, const struct file_source *source,
                     const struct tree_reader *reader, bool automatic, struct fetch_result *fetched,
                     struct error *err)
{
    const struct recognise_request request = {.family = automatic ? NULL : r->family,
                                              .arch = r->arch,
                                              .release = r->release,
                                              .repository = source_repository(source)};
    auto_error struct error own = ERROR_INIT;

    if (tree_recognise(&request, reader, &fetched->recognised, automatic ? err : &own) < 0)
        return automatic ? -1 : 0;
    if (automatic && !fetched->recognised.family && !r->identify && !plan_is_for_any(r))
        return unrecognised(source, err);
    return 0;
}

static int plan(const struct fetch_request *r, const struct file_source *source,
                const struct tree_reader *reader, struct fetch_result *fetched, struct error *err)
{
    bool automatic = plan_is_for_any(r) || strcmp(r->family, RECOGNISE_AUTO) == 0;

    /* Of a tree for which pygrub's own family is asked, only paths count. */
    if (strcmp(r->family, "pygrub") != 0 &&
        recognise(r, source, reader, automatic, fetched, err) < 0)
        return -1;
    /* A release that nobody named is not what any family's layouts are searched for. */
    if (plan_is_for_any(r) && fetched->recognised.release_assumed)
        return 0;
    const char *family = automatic ? fetched->recognised.family : r->family;
    const struct distro *distro = distro_find(family);
    /* The request, and its strings with it, is gone when the answer is made. */
    fetched->family = distro ? distro->name : NULL;
    return family ? plan_family(r, source, reader, family, fetched, err) : 0;
}

struct network {
    struct file_source *source;
    bool read_failed; /* the sentence begins with the URL of what was read */
};

static int read_metadata(void *context, const char *path, size_t max, struct buffer *out,
                         struct error *err)
{
    struct network *network = context;
    int found = source_read_metadata(network->source, path, max, out, err);

    network->read_failed = found < 0;
    return found;
}

int plan_tree(const struct fetch_request *request, struct file_source *source,
              struct fetch_result *fetched, struct error *err)
{
    struct network state = {source, false};
    const struct tree_reader network = {read_metadata, &state};
    auto_tree_cache struct tree_cache cache;
    const struct tree_reader reader = {tree_cache_read, &cache};

    tree_cache_start(&cache, &network);
    if (plan(request, source, &reader, fetched, err) == 0)
        return 0;
    bool named = state.read_failed || (err->text && strstr(err->text, source_repository(source)));
    return named ? -1 : error_prefix(err, "%s", source_repository(source));
}
