/* Which family a tree is of. See recognise.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/recognise.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "distros/debian_release.h"

/* One call of tree_recognise(). */
struct look {
    const struct recognise_request *request;
    const struct tree_reader *reader;
    struct recognised *out;
};

/* One family: 1: the tree says that it is of it, and look->out is filled; 0: it does not; -1
 * with ERR. */
typedef int recogniser(struct look *look, struct error *err);

static int plan_arch(struct look *look, const char *family, const char *release, const char *arch,
                     struct error *err)
{
    const struct tree_request request = {.family = family,
                                         .arch = arch,
                                         .release = release,
                                         .repository = look->request->repository};

    tree_free(&look->out->tree);
    look->out->arch = arch;
    return tree_plan(&request, look->reader, &look->out->tree, err);
}

/* Plans for FAMILY, and once more when nobody named the architecture and the tree has only the
 * other one. */
static int plan_family(struct look *look, const char *family, struct error *err)
{
    const char *arch = look->request->arch;

    if (plan_arch(look, family, NULL, arch ? arch : "x86_64", err) < 0)
        return -1;
    const char *own = look->out->tree.arch;
    if (!arch && own && strcmp(own, "i386") == 0)
        return plan_arch(look, family, NULL, "i386", err);
    return 0;
}

/* --- rhlike and sleslike ----------------------------------------------------------------- */

/* The names under which SUSE's media go: "openSUSE Leap", "SUSE Linux Enterprise Server",
 * "SLES". */
static bool is_suse(const struct tree *tree)
{
    const char *name = tree->name ? tree->name : "";

    return strcasestr(name, "SUSE") || strncasecmp(name, "SLE", strlen("SLE")) == 0;
}

static int accept(struct look *look, const char *family)
{
    look->out->family = family;
    if (look->out->tree.metadata)
        look->out->metadata = xstrdup(look->out->tree.metadata);
    return 1;
}

static int recognise_redhat(struct look *look, struct error *err)
{
    if (plan_family(look, "rhlike", err) < 0)
        return -1;
    if (!look->out->tree.metadata || is_suse(&look->out->tree))
        return 0;
    return accept(look, "rhlike");
}

/* A .treeinfo that names SUSE decides even where the tree has nothing of SUSE's own. */
static int recognise_suse_treeinfo(struct look *look, struct error *err)
{
    if (plan_family(look, "rhlike", err) < 0)
        return -1;
    if (!look->out->tree.metadata || !is_suse(&look->out->tree))
        return 0;
    struct tree said = look->out->tree;
    look->out->tree = (struct tree){0};
    int result = plan_family(look, "sleslike", err);
    if (result == 0) {
        struct tree *tree = &look->out->tree;
        replace_string(&tree->name, take_pointer(said.name));
        replace_string(&tree->version, take_pointer(said.version));
        replace_string(&tree->arch, take_pointer(said.arch));
        if (!tree->metadata)
            tree->metadata = take_pointer(said.metadata);
        result = accept(look, "sleslike");
    }
    tree_free(&said);
    return result;
}

static int recognise_suse(struct look *look, struct error *err)
{
    if (plan_family(look, "sleslike", err) < 0)
        return -1;
    /* A file of the name "content" or "CHECKSUMS" may be anybody's. */
    if (look->out->tree.metadata && look->out->tree.name)
        return accept(look, "sleslike");
    return recognise_suse_treeinfo(look, err);
}

/* --- debianlike -------------------------------------------------------------------------- */

/* The architecture to plan for: the one that is asked for, else one that the tree has. */
static const char *debian_arch(const struct look *look, const struct debian_release *release)
{
    if (look->request->arch)
        return look->request->arch;
    return release->archs == DEBIAN_I386 ? "i386" : "amd64";
}

static void debian_facts(struct look *look, struct debian_release *release, char **metadata)
{
    struct tree *tree = &look->out->tree;
    bool wide = strcmp(look->out->arch, "i386") != 0;

    look->out->metadata = take_pointer(*metadata);
    look->out->codename = take_pointer(release->codename);
    replace_string(&tree->name, take_pointer(release->name));
    /* Debian's testing and unstable have no version. */
    replace_string(&tree->version, release->version      ? take_pointer(release->version)
                                   : look->out->codename ? xstrdup(look->out->codename)
                                                         : NULL);
    if (release->archs & (wide ? DEBIAN_AMD64 : DEBIAN_I386))
        replace_string(&tree->arch, xstrdup(wide ? "amd64" : "i386"));
}

/* Looks at the Release file of NAME, which is NULL when the URL has it. */
static int try_release(struct look *look, const char *name, struct error *err)
{
    auto_debian_release struct debian_release release = {0};
    auto_free char *path = debian_release_path(look->request->repository, name);

    if (!path)
        return 0;
    int found = debian_release_read(look->reader, path, &release, err);
    if (found <= 0)
        return found;
    if (plan_arch(look, "debianlike", name, debian_arch(look, &release), err) < 0)
        return -1;
    if (name)
        look->out->release = xstrdup(name);
    debian_facts(look, &release, &path);
    look->out->family = "debianlike";
    return 1;
}

/* A CD, by its .disk/info. From a network it has no place for its installer that anybody reads,
 * but it can be told what it is. */
static int try_disk_info(struct look *look, struct error *err)
{
    auto_debian_release struct debian_release release = {0};
    auto_free char *path = xstrdup(DEBIAN_DISK_INFO);
    int found = debian_disk_info_read(look->reader, &release, err);

    if (found <= 0)
        return found;
    const char *name = look->request->release ? look->request->release : release.codename;
    auto_free char *release_path = debian_release_path(look->request->repository, name);
    if (!release_path)
        name = "stable";
    if (plan_arch(look, "debianlike", name, debian_arch(look, &release), err) < 0)
        return -1;
    look->out->release = xstrdup(name);
    debian_facts(look, &release, &path);
    look->out->family = "debianlike";
    return 1;
}

/* Whatever nobody asked for is looked at in turn. */
static int try_assumed(struct look *look, struct error *err)
{
    static const char *const names[] = {"stable", "devel"};
    int found = 0;

    for (size_t i = 0; found == 0 && i < ARRAY_SIZE(names); i++)
        found = try_release(look, names[i], err);
    look->out->release_assumed = found > 0;
    return found;
}

static int recognise_debian(struct look *look, struct error *err)
{
    const char *repository = look->request->repository;
    const char *release = look->request->release;
    bool cdrom = repository && strcmp(repository, REPOSITORY_CDROM) == 0;
    auto_free char *path = debian_release_path(repository, release);
    int found = cdrom ? try_disk_info(look, err) : try_release(look, release, err);

    if (found != 0 || cdrom)
        return found;
    found = path ? 0 : try_assumed(look, err);
    return found != 0 ? found : try_disk_info(look, err);
}

/* --- together ---------------------------------------------------------------------------- */

static const struct {
    const char *family;
    recogniser *recognise;
} families[] = {
    {"rhlike", recognise_redhat},
    {"sleslike", recognise_suse},
    {"debianlike", recognise_debian},
};

/* Takes back what a family that was not the right one has filled in. */
static void start_over(struct look *look)
{
    recognised_free(look->out);
}

int tree_recognise(const struct recognise_request *request, const struct tree_reader *reader,
                   struct recognised *recognised, struct error *err)
{
    struct look look = {request, reader, recognised};
    size_t first = 0;
    int found = 0;

    *recognised = (struct recognised){0};
    for (size_t i = 0; request->family && i < ARRAY_SIZE(families); i++)
        if (strcmp(families[i].family, request->family) == 0)
            first = i;
    for (size_t i = 0; found == 0 && i < ARRAY_SIZE(families); i++) {
        /* The one asked for, then the others in their order. */
        size_t at = i == 0 ? first : i <= first ? i - 1 : i;
        start_over(&look);
        found = families[at].recognise(&look, err);
    }
    if (found <= 0)
        start_over(&look);
    return found < 0 ? -1 : 0;
}

void recognised_free(struct recognised *recognised)
{
    tree_free(&recognised->tree);
    free(recognised->metadata);
    free(recognised->release);
    free(recognised->codename);
    *recognised = (struct recognised){0};
}
