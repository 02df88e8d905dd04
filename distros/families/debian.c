/* The family "debianlike": Debian and Ubuntu, from a mirror or a CD.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "distros/arch.h"
#include "distros/checksums.h"
#include "distros/families/casper.h"
#include "distros/families/debian_release.h"
#include "distros/families/debian_suites.h"
#include "distros/family.h"
#include "distros/lines.h"

/* From a mirror, below main/installer-ARCH/current/ (ARCH stands for Debian's name of the
 * architecture): what Debian up to 11 has for Xen, then the kernel for all of today, then
 * the places of Ubuntu up to 18.04 and of 20.04, its last release with this installer. */
static const struct {
    const char *source, *folder, *kernel;
} mirror_layouts[] = {
    {"netboot/xen", "images/netboot/xen/", "vmlinuz"},
    {"netboot/debian-installer", "images/netboot/debian-installer/ARCH/", "linux"},
    {"netboot/ubuntu-installer", "images/netboot/ubuntu-installer/ARCH/", "linux"},
    {"legacy-images", "legacy-images/netboot/ubuntu-installer/ARCH/", "linux"},
};

/* From a CD. ARCH stands for arch_debian_cd(). */
static const struct {
    const char *source, *folder, *kernel, *ramdisk;
} cdrom_layouts[] = {
    {"install.ARCH/xen", "install.ARCH/xen/", "vmlinuz", "initrd.gz"},
    {"install.ARCH", "install.ARCH/", "vmlinuz", "initrd.gz"},
    {"install", "install/", "vmlinuz", "initrd.gz"},
    /* Ubuntu's: of today, and its desktop's up to 17.10. */
    {CASPER, CASPER "/", "vmlinuz", "initrd"},
    {CASPER, CASPER "/", "vmlinuz.efi", "initrd.lz"},
};

static const char ramdisk_name[] = "initrd.gz";

/* Files with checksums, the best first: the first that is there is used. The paths in them
 * begin in FOLDER. */
struct sums_file {
    const char *folder, *name;
    enum digest digest;
};
static const struct sums_file mirror_sums[] = {
    {"images/", "SHA256SUMS", DIGEST_SHA256},
    {"images/", "MD5SUMS", DIGEST_MD5},
    {"legacy-images/", "SHA256SUMS", DIGEST_SHA256},
};
static const struct sums_file cdrom_sums[] = {
    {"", "sha256sum.txt", DIGEST_SHA256},
    {"", "md5sum.txt", DIGEST_MD5},
};

/* TEXT with ARCH in the place of its first "ARCH". The caller frees. */
static char *with_arch(const char *text, const char *arch)
{
    const char *mark = strstr(text, "ARCH");

    if (!mark)
        return xstrdup(text);
    return xasprintf("%.*s%s%s", (int)(mark - text), text, arch, mark + strlen("ARCH"));
}

/* Uses the first of COUNT files of checksums, below FOLDER. 0, also when none is there; or -1
 * with ERR. */
static int use_sums(struct tree_plan *plan, const char *folder, const struct sums_file *files,
                    size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        auto_free char *base = xasprintf("%s%s", folder, files[i].folder);
        auto_free char *path = xasprintf("%s%s", base, files[i].name);
        int found = plan_read(plan, path, err);

        if (found < 0)
            return -1;
        if (found == 0)
            continue;
        replace_string(&plan->tree->metadata, take_pointer(path));
        return plan_sums_file(plan, plan->tree->metadata, base, files[i].digest, err);
    }
    return 0;
}

static int add_layout(struct tree_plan *plan, const char *source, const char *folder,
                      const char *kernel_name, const char *own_ramdisk, const char *arch,
                      struct error *err)
{
    auto_free char *shown = with_arch(source, arch);
    auto_free char *real = with_arch(folder, arch);
    auto_free char *kernel = xasprintf("%s%s", real, kernel_name);
    auto_free char *ramdisk = xasprintf("%s%s", real, own_ramdisk);

    return plan_add(plan, shown, kernel, ramdisk, err);
}

/* Of a CD, or of what was copied from one to a server. */
static int plan_cdrom(struct tree_plan *plan, struct error *err)
{
    const char *arch = arch_debian_cd(plan->request->arch);

    for (size_t i = 0; !plan->decided && i < ARRAY_SIZE(cdrom_layouts); i++)
        if (add_layout(plan, cdrom_layouts[i].source, cdrom_layouts[i].folder,
                       cdrom_layouts[i].kernel, cdrom_layouts[i].ramdisk, arch, err) < 0)
            return -1;
    return plan->tree->metadata ? 0 : use_sums(plan, "", cdrom_sums, ARRAY_SIZE(cdrom_sums), err);
}

/* --- a mirror ------------------------------------------------------------------------------ */

/* RELEASE may be NULL: it is not set. */
static int check_release(const char *release, const struct debian_place *place, struct error *err)
{
    if (!release && place->length == 0)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "debian-release is not set, and the repository does not end in "
                         "/dists/RELEASE/; set it to the release to install (eliloader vm set ID "
                         "debian-release=bookworm, or --release=bookworm)");
    if (release && !debian_release_valid(release))
        return error_set(err, ERROR_INVALID_SOURCE,
                         "debian-release \"%s\" is no name of a release: 1 to %d letters, digits, "
                         "'.', '_' and '-', as in bookworm",
                         release, DEBIAN_RELEASE_MAX);
    if (release && place->length > 0 && !same(place->release, place->length, release))
        return error_set(
            err, ERROR_INVALID_SOURCE,
            "the repository is that of release \"%.*s\", but debian-release is \"%s\"; "
            "make both the same, or leave /dists/%.*s/ out of the repository",
            (int)place->length, place->release, release, (int)place->length, place->release);
    return 0;
}

/* Where in a mirror the repository is. */
struct mirror {
    struct debian_place place;
    const char *release; /* or NULL: the place has it, or nobody */
    char *arch; /* Debian's name; of the installer that the repository leads into, if any */
};

static void mirror_free(struct mirror *mirror)
{
    replace_string(&mirror->arch, NULL);
}
#define auto_mirror __attribute__((cleanup(mirror_free)))

/* The path of BELOW, in current/, from the repository on; the caller frees. NULL: it is not below
 * the repository, which leads further into the mirror than that. */
static char *mirror_path(const struct mirror *mirror, const char *below)
{
    const struct debian_place *place = &mirror->place;
    auto_free char *full = xasprintf("main/installer-%s/current/%s", mirror->arch, below);

    if (place->length == 0)
        return xasprintf("%s%s/%s", place->dists ? "" : "dists/", mirror->release, full);
    const char *left = debian_path_left(place, full);
    return left ? xstrdup(left) : NULL;
}

static int add_mirror_layout(struct tree_plan *plan, const struct mirror *mirror, size_t number,
                             struct error *err)
{
    auto_free char *folder = with_arch(mirror_layouts[number].folder, mirror->arch);
    auto_free char *shown = with_arch(mirror_layouts[number].source, mirror->arch);
    auto_free char *kernel_below = xasprintf("%s%s", folder, mirror_layouts[number].kernel);
    auto_free char *ramdisk_below = xasprintf("%s%s", folder, ramdisk_name);
    auto_free char *kernel = mirror_path(mirror, kernel_below);
    auto_free char *ramdisk = mirror_path(mirror, ramdisk_below);

    return kernel && ramdisk ? plan_add(plan, shown, kernel, ramdisk, err) : 0;
}

/* As use_sums(), of those that are below the repository. */
static int use_mirror_sums(struct tree_plan *plan, const struct mirror *mirror, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(mirror_sums) && !plan->tree->metadata; i++) {
        auto_free char *below = xasprintf("%s%s", mirror_sums[i].folder, mirror_sums[i].name);
        auto_free char *path = mirror_path(mirror, below);
        struct sums_file file = mirror_sums[i];

        if (!path)
            continue;
        auto_free char *base = xstrndup(path, strlen(path) - strlen(file.name));
        file.folder = "";
        if (use_sums(plan, base, &file, 1, err) < 0)
            return -1;
    }
    return 0;
}

/* --- a release that is not there ----------------------------------------------------------- */

/* A tree without any sums is likely to be none: then it is said what there is. */
static int doubt_release(struct tree_plan *plan, const struct mirror *mirror, struct error *err)
{
    auto_free char *path = debian_release_path(plan->request->repository, mirror->release);
    auto_buffer struct buffer list = BUFFER_INIT(DEBIAN_SUITES_MAX);
    auto_debian_release struct debian_release release = {0};
    int found = path ? debian_release_read(plan->reader, path, &release, err) : 1;

    if (found != 0 || mirror->place.length > 0)
        return found < 0 ? -1 : 0;
    if (debian_suites_list(plan->request->repository, plan->reader, &list, err) < 0)
        return -1;
    plan->tree->doubt = xasprintf(
        "has no release '%s' (%s is not there); check debian-release%s%s", mirror->release, path,
        list.length ? ": there are " : ", and the repository's URL", buffer_text(&list));
    return 0;
}

/* --- together ------------------------------------------------------------------------------ */

/* 1: the repository is a copy of a CD, which needs no release; 0; or -1. */
static int is_copied_cd(struct tree_plan *plan, struct error *err)
{
    auto_debian_release struct debian_release release = {0};

    return debian_disk_info_read(plan->reader, &release, err);
}

static int plan_release(struct tree_plan *plan, const struct mirror *mirror, struct error *err)
{
    for (size_t i = 0; !plan->decided && i < ARRAY_SIZE(mirror_layouts); i++)
        if (add_mirror_layout(plan, mirror, i, err) < 0)
            return -1;
    if (use_mirror_sums(plan, mirror, err) < 0)
        return -1;
    /* What leads into the mirror's own folders is no copy of a CD. */
    bool inside = mirror->place.length > 0 || mirror->place.dists;
    if (!inside && plan_cdrom(plan, err) < 0)
        return -1;
    if (!plan->decided && plan->tree->layout_count == 0)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "it ends in a folder below which no installer is kept; take it up to "
                         "/dists/%.*s/ only",
                         (int)mirror->place.length, mirror->place.release);
    return plan->decided || plan->tree->metadata ? 0 : doubt_release(plan, mirror, err);
}

static int plan_mirror(struct tree_plan *plan, struct error *err)
{
    const struct tree_request *request = plan->request;
    const char *release = request->release && *request->release ? request->release : NULL;
    auto_mirror struct mirror mirror = {
        debian_find_place(request->repository ? request->repository : "", release), release, NULL};

    if (!release && mirror.place.length == 0) {
        int found = plan->decided ? 1 : is_copied_cd(plan, err);
        if (found != 0)
            return found < 0 || plan->decided ? found < 0 ? -1 : 0 : plan_cdrom(plan, err);
    }
    if (check_release(release, &mirror.place, err) < 0)
        return -1;
    mirror.arch = debian_place_arch(&mirror.place);
    if (!mirror.arch)
        mirror.arch = xstrdup(arch_deb(request->arch));
    return plan_release(plan, &mirror, err);
}

/* dists/RELEASE/Release says nothing that decides a path: debian_recognise() reads it. */
static int debian_plan(struct tree_plan *plan, struct error *err)
{
    const char *repository = plan->request->repository;

    if (repository_is_cd(repository))
        return plan_cdrom(plan, err);
    return plan_mirror(plan, err);
}

/* --- recognising ------------------------------------------------------------------------- */

/* The architecture to plan for: the one that is asked for, else one that the tree has. */
static const char *debian_arch(const struct look *look, const struct debian_release *release)
{
    if (look->request->arch)
        return look->request->arch;
    return arch_deb(arch_likeliest(release->archs));
}

static void debian_facts(struct look *look, struct debian_release *release, char **metadata)
{
    struct tree *tree = &look->out->tree;
    const char *arch = look->out->arch;

    look->out->metadata = take_pointer(*metadata);
    look->out->codename = take_pointer(release->codename);
    replace_string(&tree->name, take_pointer(release->name));
    /* Debian's testing and unstable have no version. */
    replace_string(&tree->version, release->version      ? take_pointer(release->version)
                                   : look->out->codename ? xstrdup(look->out->codename)
                                                         : NULL);
    if (release->archs & arch_bit(arch, strlen(arch)))
        replace_string(&tree->arch, xstrdup(arch_deb(arch)));
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
    if (look_plan(look, &debian_family, name, debian_arch(look, &release), err) < 0)
        return -1;
    if (name)
        look->out->release = xstrdup(name);
    debian_facts(look, &release, &path);
    look->out->family = debian_family.distro.name;
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
    if (look_plan(look, &debian_family, name, debian_arch(look, &release), err) < 0)
        return -1;
    look->out->release = xstrdup(name);
    debian_facts(look, &release, &path);
    look->out->family = debian_family.distro.name;
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

/* A repository that leads into a release is known by that alone: what tells of it is above. */
static int try_inside(struct look *look, const struct debian_place *place, const char *arch,
                      struct error *err)
{
    const char *asked = look->request->arch;

    if (look_plan(look, &debian_family, NULL,
                  asked ? asked : arch_likeliest(arch_bit(arch, strlen(arch))), err) < 0)
        return -1;
    look->out->codename = xstrndup(place->release, place->length);
    replace_string(&look->out->tree.arch, xstrdup(arch));
    return look_accept(look, &debian_family);
}

/* By dists/RELEASE/Release; on a CD by .disk/info. */
static int debian_recognise(struct look *look, struct error *err)
{
    const char *repository = look->request->repository;
    const char *release = look->request->release;
    struct debian_place place = debian_find_place(repository ? repository : "", release);
    auto_free char *inside = debian_place_arch(&place);

    if (inside)
        return try_inside(look, &place, inside, err);
    bool cdrom = repository_is_cd(repository);
    auto_free char *path = debian_release_path(repository, release);
    int found = cdrom ? try_disk_info(look, err) : try_release(look, release, err);

    if (found != 0 || cdrom)
        return found;
    found = path ? 0 : try_assumed(look, err);
    return found != 0 ? found : try_disk_info(look, err);
}

/* --- searching --------------------------------------------------------------------------- */

/* A mirror whose release nobody names has no layouts that could be told. */
static bool debian_can_guess(const struct tree_request *request)
{
    const char *repository = request->repository ? request->repository : "";
    auto_free char *release = debian_release_path(repository, request->release);

    return release || debian_find_place(repository, request->release).length > 0;
}

static const enum guess_way ways[] = {GUESS_PLACES, GUESS_OWN,         GUESS_OWN_OTHER,
                                      GUESS_CDROM,  GUESS_CDROM_OTHER, GUESS_END};

/* What only xenpvnetboot looked for, in trees that its users named so: below main/installer-ARCH of
 * a mirror. */
static const struct guess_place places[] = {
    {NULL, "current/images/netboot/xen", "current/images/netboot/xen/vmlinuz",
     "current/images/netboot/xen/initrd.gz"},
    {"x86_64", "current/images/netboot/debian-installer",
     "current/images/netboot/debian-installer/amd64/linux",
     "current/images/netboot/debian-installer/amd64/initrd.gz"},
    {"i386", "current/images/netboot/debian-installer",
     "current/images/netboot/debian-installer/i386/linux",
     "current/images/netboot/debian-installer/i386/initrd.gz"},
    {"aarch64", "current/images/netboot/debian-installer",
     "current/images/netboot/debian-installer/arm64/linux",
     "current/images/netboot/debian-installer/arm64/initrd.gz"},
    {NULL, NULL, NULL, NULL},
};

const struct family debian_family = {
    .distro = {.name = "debianlike", .last_round = 1, .release_required = true},
    .plan = debian_plan,
    .words = casper_words,
    .recognise = debian_recognise,
    .ways = ways,
    .places = places,
    .can_guess = debian_can_guess,
};
