/* The family "debianlike": Debian and Ubuntu, from a mirror or a CD.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "distros/checksums.h"
#include "distros/debian_release.h"

/* Longest name of a release or suite, in bytes; the longest real ones are below 30. */
#define RELEASE_MAX 64

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

/* From a CD. ARCH stands for "386" or "amd". */
static const struct {
    const char *source, *folder, *kernel;
} cdrom_layouts[] = {
    {"install.ARCH/xen", "install.ARCH/xen/", "vmlinuz"},
    {"install.ARCH", "install.ARCH/", "vmlinuz"},
    {"install", "install/", "vmlinuz"},
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
                      const char *kernel_name, const char *arch, struct error *err)
{
    auto_free char *shown = with_arch(source, arch);
    auto_free char *real = with_arch(folder, arch);
    auto_free char *kernel = xasprintf("%s%s", real, kernel_name);
    auto_free char *ramdisk = xasprintf("%s%s", real, ramdisk_name);

    return plan_add(plan, shown, kernel, ramdisk, err);
}

static int plan_cdrom(struct tree_plan *plan, struct error *err)
{
    const char *arch = strcmp(arch_deb(plan->request->arch), "i386") == 0 ? "386" : "amd";

    for (size_t i = 0; !plan->decided && i < ARRAY_SIZE(cdrom_layouts); i++)
        if (add_layout(plan, cdrom_layouts[i].source, cdrom_layouts[i].folder,
                       cdrom_layouts[i].kernel, arch, err) < 0)
            return -1;
    return use_sums(plan, "", cdrom_sums, ARRAY_SIZE(cdrom_sums), err);
}

/* Where a repository's URL says what of the path to dists/RELEASE/ it has. */
struct debian_place {
    bool dists;          /* ends in /dists */
    const char *release; /* behind /dists/, up to the next '/'; not terminated */
    size_t length;       /* 0: there is none */
};

/* The path part of a repository: behind the host of a URL, up to a query or fragment. */
static const char *path_part(const char *repository, const char **end)
{
    const char *authority = strstr(repository, "://");
    const char *path = repository;

    if (authority) {
        path = authority + strlen("://");
        path += strcspn(path, "/?#");
    }
    *end = path + strcspn(path, "?#");
    return path;
}

/* Looks for the last "dists" that is a whole part of the path, or the one with WANTED (may be
 * NULL) behind it, for a mirror may well keep all it has in a folder of that name too. */
static struct debian_place find_place(const char *repository, const char *wanted)
{
    struct debian_place place = {false, NULL, 0};
    const char *end, *at = path_part(repository, &end);
    bool after = false;

    while (at < end) {
        size_t length = strcspn(at, "/?#");

        if (length > 0 && after) {
            place = (struct debian_place){false, at, length};
            if (wanted && same(at, length, wanted))
                return place;
        }
        if (length > 0)
            after = same(at, length, "dists");
        at += length + 1;
    }
    place.dists = after;
    return place;
}

bool debian_release_valid(const char *release)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strnlen(release, RELEASE_MAX + 1);

    return length > 0 && length <= RELEASE_MAX && release[0] != '.' &&
           strspn(release, allowed) == length;
}

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
                         release, RELEASE_MAX);
    if (release && place->length > 0 && !same(place->release, place->length, release))
        return error_set(
            err, ERROR_INVALID_SOURCE,
            "the repository is that of release \"%.*s\", but debian-release is \"%s\"; "
            "make both the same, or leave /dists/%.*s/ out of the repository",
            (int)place->length, place->release, release, (int)place->length, place->release);
    return 0;
}

char *debian_release_path(const char *repository, const char *release)
{
    const char *wanted = release && *release ? release : NULL;
    struct debian_place place = find_place(repository ? repository : "", wanted);

    if (place.length > 0)
        return xstrdup("Release");
    if (!wanted || !debian_release_valid(wanted))
        return NULL;
    return xasprintf("%s%s/Release", place.dists ? "" : "dists/", wanted);
}

/* The folder, from the repository on, in which images/ is, into *FOLDER; NULL when no release
 * is known and none is needed, for the request names the kernel. The caller frees. 0, or -1
 * with ERR. */
static int find_current(const struct tree_plan *plan, char **folder, struct error *err)
{
    const struct tree_request *request = plan->request;
    const char *repository = request->repository ? request->repository : "";
    const char *release = request->release && *request->release ? request->release : NULL;
    const char *arch = arch_deb(request->arch);
    struct debian_place place = find_place(repository, release);

    *folder = NULL;
    if (plan->decided && !release && place.length == 0)
        return 0;
    if (check_release(release, &place, err) < 0)
        return -1;
    if (place.length > 0)
        *folder = xasprintf("main/installer-%s/current/", arch);
    else
        *folder = xasprintf("%s%s/main/installer-%s/current/", place.dists ? "" : "dists/", release,
                            arch);
    return 0;
}

static int plan_mirror(struct tree_plan *plan, struct error *err)
{
    const char *arch = arch_deb(plan->request->arch);
    auto_free char *current = NULL;

    if (find_current(plan, &current, err) < 0)
        return -1;
    for (size_t i = 0; !plan->decided && i < ARRAY_SIZE(mirror_layouts); i++) {
        auto_free char *folder = xasprintf("%s%s", current, mirror_layouts[i].folder);

        if (add_layout(plan, mirror_layouts[i].source, folder, mirror_layouts[i].kernel, arch,
                       err) < 0)
            return -1;
    }
    return current ? use_sums(plan, current, mirror_sums, ARRAY_SIZE(mirror_sums), err) : 0;
}

/* dists/RELEASE/Release says nothing that decides a path; recognise.c reads it. */
static int debian_plan(struct tree_plan *plan, struct error *err)
{
    const char *repository = plan->request->repository;

    if (repository && strcmp(repository, REPOSITORY_CDROM) == 0)
        return plan_cdrom(plan, err);
    return plan_mirror(plan, err);
}

const struct family debian_family = {
    .distro = {.name = "debianlike", .last_round = 1, .release_required = true},
    .plan = debian_plan,
};
