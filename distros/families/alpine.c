/* The family "alpinelike": Alpine Linux, from the netboot files of a mirror, or its CD.
 *
 * A mirror has BRANCH/releases/ARCH/netboot/, with a kernel, a ramdisk and the modules ("modloop")
 * of each flavour, and BRANCH/main, the packages. A CD, and the archive of netboot files, have them
 * in boot/. The ramdisk is told where the modules and the packages are (mkinitfs-bootparams(7)),
 * and finds both by itself on a CD.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include "distros/arch.h"
#include "distros/family.h"
#include "distros/lines.h"

#define KERNEL  "vmlinuz-"
#define RAMDISK "initramfs-"
#define MODLOOP "modloop-"

/* On a CD: "alpine-virt 3.18.4 230928". */
#define RELEASE_FILE ".alpine-release"
/* On a mirror, beside netboot/: what is there, in YAML, with "branch: v3.18", "version: 3.18.4". */
#define RELEASES_FILE "latest-releases.yaml"

/* That for virtual machines first. */
static const char *const flavours[] = {"virt", "lts"};

/* Alpine calls i386 otherwise than everybody else. */
static const char *arch_name(const char *arch)
{
    const char *name = arch_rpm(arch);

    return strcmp(name, "i386") == 0 ? "x86" : name;
}

/* --- what a repository's URL says of where in a mirror it is ------------------------------- */

enum place { PLACE_MIRROR, PLACE_BRANCH, PLACE_RELEASES, PLACE_NETBOOT, PLACE_UNKNOWN };

struct address {
    enum place place;
    size_t branch; /* bytes of the repository up to the branch's end; 0: it is not in it */
};

static bool is_branch(const char *part, size_t length)
{
    return same(part, length, "edge") || same(part, length, "latest-stable") ||
           (length > 1 && part[0] == 'v' && isdigit((unsigned char)part[1]));
}

/* …/v3.18/releases/x86_64/netboot-3.18.4: each part as far as it is there. */
static struct address find_address(const char *repository)
{
    struct address address = {PLACE_UNKNOWN, 0};
    unsigned behind = 0; /* parts behind the branch's */

    for (const char *at = repository ? repository : ""; *at;) {
        size_t length = strcspn(at, "/");

        if (length > 0 && is_branch(at, length)) {
            address = (struct address){PLACE_BRANCH, (size_t)(at + length - repository)};
            behind = 0;
        } else if (length > 0 && address.branch > 0) {
            behind++;
            if (behind == 1 && !same(at, length, "releases"))
                address = (struct address){PLACE_UNKNOWN, 0};
            else if (behind == 2)
                address.place = PLACE_RELEASES;
            else if (behind == 3)
                address.place = text_starts(at, "netboot") ? PLACE_NETBOOT : PLACE_UNKNOWN;
        } else if (same(at, length, "alpine")) {
            address.place = PLACE_MIRROR;
        }
        at += length + (at[length] == '/');
    }
    return address;
}

/* --- the plan ------------------------------------------------------------------------------ */

/* The source is the kernel's own path, of which alpine_words() makes that of the modules. */
static int add_folder(struct tree_plan *plan, const char *folder, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(flavours); i++) {
        auto_free char *kernel = xasprintf("%s" KERNEL "%s", folder, flavours[i]);
        auto_free char *ramdisk = xasprintf("%s" RAMDISK "%s", folder, flavours[i]);

        if (plan_add(plan, kernel, kernel, ramdisk, err) < 0)
            return -1;
    }
    return 0;
}

static int add_folders(struct tree_plan *plan, struct error *err)
{
    const char *arch = arch_name(plan->request->arch);
    struct address address = find_address(plan->request->repository);
    auto_free char *in_branch = xasprintf("releases/%s/netboot/", arch);
    auto_free char *in_mirror = xasprintf("latest-stable/releases/%s/netboot/", arch);

    switch (address.place) {
    case PLACE_MIRROR:
        return add_folder(plan, in_mirror, err);
    case PLACE_BRANCH:
        return add_folder(plan, in_branch, err);
    case PLACE_RELEASES:
        return add_folder(plan, "netboot/", err);
    case PLACE_NETBOOT:
        return add_folder(plan, "", err);
    case PLACE_UNKNOWN:
        break;
    }
    if (add_folder(plan, "boot/", err) < 0 || add_folder(plan, "", err) < 0 ||
        add_folder(plan, "netboot/", err) < 0)
        return -1;
    return add_folder(plan, in_branch, err);
}

/* "alpine-virt 3.18.4 230928" */
static int read_release(struct tree_plan *plan, struct error *err)
{
    struct lines lines;
    const char *line, *word;
    size_t length, size;
    int found = plan_read(plan, RELEASE_FILE, err);

    if (found <= 0)
        return found;
    lines_start(&lines, RELEASE_FILE, &plan->text);
    found = lines_next(&lines, &line, &length, err);
    if (found <= 0 || length < strlen("alpine") || memcmp(line, "alpine", strlen("alpine")) != 0)
        return found < 0 ? -1 : 0;
    const char *end = line + length;
    (void)next_word(&line, end, &word);
    size = next_word(&line, end, &word);
    tree_fact(&plan->tree->version, word, size);
    tree_fact(&plan->tree->name, "Alpine Linux", strlen("Alpine Linux"));
    plan->tree->metadata = xstrdup(RELEASE_FILE);
    return 1;
}

/* The value of a line "  KEY: VALUE"; false for any other. */
static bool take_value(const char *line, size_t length, const char *key, char **slot)
{
    trim(&line, &length);
    size_t key_length = strlen(key);
    if (length <= key_length || memcmp(line, key, key_length) != 0 || line[key_length] != ':')
        return false;
    line += key_length + 1;
    length -= key_length + 1;
    trim(&line, &length);
    tree_fact(slot, line, length);
    return true;
}

/* All that is listed is of one release and architecture. */
static int read_releases(struct tree_plan *plan, const char *path, struct error *err)
{
    struct tree *tree = plan->tree;
    struct lines lines;
    const char *line;
    size_t length;
    int found = plan_read(plan, path, err);
    bool known = false;

    if (found <= 0)
        return found;
    lines_start(&lines, path, &plan->text);
    while ((found = lines_next(&lines, &line, &length, err)) > 0) {
        if (memmem(line, length, "alpine-", strlen("alpine-")))
            known = true;
        if (!take_value(line, length, "version", &tree->version))
            (void)take_value(line, length, "arch", &tree->arch);
    }
    if (found < 0 || !known)
        return found;
    tree_fact(&tree->name, "Alpine Linux", strlen("Alpine Linux"));
    tree->metadata = xstrdup(path);
    return 1;
}

static int read_metadata(struct tree_plan *plan, struct error *err)
{
    const char *arch = arch_name(plan->request->arch);
    struct address address = find_address(plan->request->repository);
    auto_free char *in_branch = xasprintf("releases/%s/" RELEASES_FILE, arch);
    auto_free char *in_mirror = xasprintf("latest-stable/releases/%s/" RELEASES_FILE, arch);

    switch (address.place) {
    case PLACE_MIRROR:
        return read_releases(plan, in_mirror, err);
    case PLACE_BRANCH:
        return read_releases(plan, in_branch, err);
    case PLACE_RELEASES:
        return read_releases(plan, RELEASES_FILE, err);
    case PLACE_NETBOOT:
    case PLACE_UNKNOWN:
        break;
    }
    return read_release(plan, err);
}

static int alpine_plan(struct tree_plan *plan, struct error *err)
{
    if (!plan->decided && add_folders(plan, err) < 0)
        return -1;
    return read_metadata(plan, err) < 0 ? -1 : 0;
}

/* --- what its installer is told ------------------------------------------------------------ */

/* The modules' URL beside the kernel's; NULL when LAYOUT is none of ours. */
static char *modloop_url(const char *repository, const char *layout)
{
    const char *name = layout ? strstr(layout, KERNEL) : NULL;
    size_t length = strlen(repository);

    if (!name)
        return NULL;
    while (length > 0 && repository[length - 1] == '/')
        length--;
    return xasprintf("%.*s/%.*s" MODLOOP "%s", (int)length, repository, (int)(name - layout),
                     layout, name + strlen(KERNEL));
}

/* Where the packages are: beside releases/, in the branch. */
static char *packages_url(const char *repository, const char *layout)
{
    static const char latest[] = "latest-stable/";
    struct address address = find_address(repository);
    size_t length = strlen(repository);

    if (address.branch > 0)
        return xasprintf("%.*s/main", (int)address.branch, repository);
    while (length > 0 && repository[length - 1] == '/')
        length--;
    if (layout && text_starts(layout, latest))
        return xasprintf("%.*s/%smain", (int)length, repository, latest);
    if (layout && text_starts(layout, "releases/"))
        return xasprintf("%.*s/main", (int)length, repository);
    return NULL;
}

static void alpine_words(const struct install_arguments *arguments, struct installer_words *words)
{
    const char *repository = arguments->repository;
    size_t count = 0;

    if (strcmp(repository, REPOSITORY_CDROM) == 0) {
        words->own[0] =
            (struct installer_argument){"modules", xstrdup("loop,squashfs,sd-mod,usb-storage")};
        return;
    }
    bool image = nfs_image_is(repository); /* it reads none over a network */
    char *modloop = image ? NULL : modloop_url(repository, arguments->layout);
    char *packages = image ? NULL : packages_url(repository, arguments->layout);
    words->own[count++] = (struct installer_argument){"modules", xstrdup("loop,squashfs")};
    words->own[count++] = (struct installer_argument){"ip", xstrdup("dhcp")};
    if (modloop)
        words->own[count++] = (struct installer_argument){"modloop", modloop};
    if (packages)
        words->own[count++] = (struct installer_argument){"alpine_repo", packages};
}

/* --- recognising --------------------------------------------------------------------------- */

/* By .alpine-release or latest-releases.yaml; of a folder of netboot files, which say nothing, by
 * its URL. */
static int alpine_recognise(struct look *look, struct error *err)
{
    if (look_plan_any(look, &alpine_family, err) < 0)
        return -1;
    if (look->out->tree.metadata)
        return look_accept(look, &alpine_family);
    if (find_address(look->request->repository).place != PLACE_NETBOOT)
        return 0;
    look->out->tree.name = xstrdup("Alpine Linux");
    return look_accept(look, &alpine_family);
}

static const enum guess_way ways[] = {GUESS_OWN, GUESS_END};

const struct family alpine_family = {
    .distro = {.name = "alpinelike", .last_round = 1},
    .plan = alpine_plan,
    .words = alpine_words,
    .recognise = alpine_recognise,
    .ways = ways,
};
