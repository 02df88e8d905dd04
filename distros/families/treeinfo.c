/* .treeinfo: what its sections and keys mean. The format stands in treeinfo.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/families/treeinfo.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "distros/checksums.h"
#include "distros/ini.h"

enum fact { FACT_NAME, FACT_VERSION, FACT_ARCH };

/* Where the three facts may stand, the best source of each first. [general] name comes last,
 * for it has the version in it ("CentOS-7", "Red Hat Enterprise Linux 8.9.0"). */
static const struct {
    enum fact fact;
    const char *section, *key;
} sources[] = {
    {FACT_NAME, "general", "family"},     {FACT_NAME, "release", "name"},
    {FACT_NAME, "product", "name"},       {FACT_NAME, "general", "name"},
    {FACT_VERSION, "general", "version"}, {FACT_VERSION, "release", "version"},
    {FACT_VERSION, "product", "version"}, {FACT_ARCH, "general", "arch"},
    {FACT_ARCH, "tree", "arch"},
};

static char **fact_slot(struct treeinfo *info, enum fact fact)
{
    switch (fact) {
    case FACT_NAME:
        return &info->name;
    case FACT_VERSION:
        return &info->version;
    case FACT_ARCH:
        break;
    }
    return &info->arch;
}

static void take_fact(struct treeinfo *info, const struct ini_entry *entry)
{
    for (size_t i = 0; *entry->value && i < ARRAY_SIZE(sources); i++) {
        enum fact fact = sources[i].fact;
        char **slot = fact_slot(info, fact);

        if (strcasecmp(sources[i].section, entry->section) != 0 ||
            strcasecmp(sources[i].key, entry->key) != 0 || (*slot && info->rank[fact] < i))
            continue;
        tree_fact(slot, entry->value, strlen(entry->value));
        info->rank[fact] = i;
    }
}

struct treeinfo_images *treeinfo_images(struct treeinfo *info, const char *platform)
{
    for (size_t i = 0; i < info->image_count; i++)
        if (strcasecmp(info->images[i].platform, platform) == 0)
            return &info->images[i];
    return NULL;
}

static int take_image(struct treeinfo *info, const struct ini_entry *entry, struct error *err)
{
    static const char prefix[] = "images-";
    bool kernel = strcasecmp(entry->key, "kernel") == 0;

    if (strncasecmp(entry->section, prefix, strlen(prefix)) != 0 || *entry->value == '\0' ||
        (!kernel && strcasecmp(entry->key, "initrd") != 0))
        return 0;
    const char *platform = entry->section + strlen(prefix);
    struct treeinfo_images *images = treeinfo_images(info, platform);
    if (!images) {
        if (info->image_count == TREEINFO_IMAGES_MAX)
            return error_set(err, ERROR_INVALID_SOURCE, "%s has more than %d [images-…] sections",
                             entry->lines->name, TREEINFO_IMAGES_MAX);
        images = &info->images[info->image_count++];
        images->platform = xstrdup(platform);
    }
    replace_string(kernel ? &images->kernel : &images->initrd, xstrdup(entry->value));
    return 0;
}

static int take_entry(void *context, const struct ini_entry *entry, struct error *err)
{
    struct treeinfo *info = context;

    take_fact(info, entry);
    return take_image(info, entry, err);
}

int treeinfo_read(const char *name, const struct buffer *text, struct treeinfo *info,
                  struct error *err)
{
    return ini_read(name, text, take_entry, info, err);
}

void treeinfo_free(struct treeinfo *info)
{
    for (size_t i = 0; i < info->image_count; i++) {
        free(info->images[i].platform);
        free(info->images[i].kernel);
        free(info->images[i].initrd);
    }
    free(info->name);
    free(info->version);
    free(info->arch);
    *info = TREEINFO_INIT;
}

static int take_sum(void *context, const struct ini_entry *entry, struct error *err)
{
    struct tree_plan *plan = context;
    const char *colon = strchr(entry->value, ':');

    if (strcasecmp(entry->section, "checksums") != 0 || !colon)
        return 0;
    auto_free char *name = xstrndup(entry->value, (size_t)(colon - entry->value));
    struct listed_sum sum = {.digest = digest_from_name(name),
                             .path = entry->key,
                             .path_length = strlen(entry->key),
                             .hex = colon + 1,
                             .hex_length = strlen(colon + 1)};
    trim(&sum.hex, &sum.hex_length);
    return sum.digest == DIGEST_NONE ? 0 : plan_sum(plan, entry->lines, "", &sum, err);
}

int treeinfo_sums(struct tree_plan *plan, const char *name, struct error *err)
{
    return ini_read(name, &plan->text, take_sum, plan, err) < 0 ? -1 : 0;
}

bool treeinfo_is_suse(const struct tree *tree)
{
    const char *name = tree->name ? tree->name : "";

    return strcasestr(name, "SUSE") || strncasecmp(name, "SLE", strlen("SLE")) == 0;
}
