/* What the repository is, and where in it to look. See plan.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/plan.h"

#include <string.h>

#include "distros/survey.h"
#include "distros/tree_cache.h"

static struct survey_request survey_of(const struct fetch_request *r, const char *repository)
{
    return (struct survey_request){.family = r->family,
                                   .arch = r->arch,
                                   .release = r->release,
                                   .repository = repository,
                                   .kernel = r->kernel,
                                   .ramdisk = r->ramdisk,
                                   .identify = r->identify};
}

bool plan_is_for_any(const struct fetch_request *request)
{
    const struct survey_request survey = survey_of(request, NULL);

    return survey_is_for_any(&survey);
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
    const char *repository = source_repository(source);
    const struct survey_request wanted = survey_of(request, repository);
    struct network state = {source, false};
    const struct tree_reader network = {read_metadata, &state};
    auto_tree_cache struct tree_cache cache;
    const struct tree_reader reader = {tree_cache_read, &cache};
    struct survey survey = {.family = NULL};

    tree_cache_start(&cache, &network);
    int result = survey_tree(&wanted, &reader, &survey, err);
    fetched->recognised = survey.recognised;
    fetched->family = survey.family;
    fetched->tree = survey.tree;
    if (result == 0)
        return 0;
    bool named = state.read_failed || (err->text && strstr(err->text, repository));
    return named ? -1 : error_prefix(err, "%s", repository);
}
