/* The family "rhlike": Red Hat Enterprise Linux, CentOS, Oracle Linux, Fedora, and all others
 * that are installed by anaconda.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "distros/arch.h"
#include "distros/families/treeinfo.h"
#include "distros/family.h"
#include "distros/lines.h"

/* From which version on anaconda takes its repository as inst.repo=: RHEL and its kin, and
 * Fedora, which had the number 7 long before, in 2007, and learned inst.repo with 17. Since
 * RHEL 9 and Fedora 34 it knows nothing else. */
#define INST_REPO_VERSION        7
#define INST_REPO_VERSION_FEDORA 17

/* From which version on the installed system's menu is Boot Loader Specification entries. */
#define BLS_VERSION        8
#define BLS_VERSION_FEDORA 30

/* Versions are compared by their number, up to here. */
#define VERSION_LATEST 1000000

/* Only installers of RHEL 5 and older had a kernel of their own for Xen. */
#define XEN_LAYOUT "images/xen"

/* Where trees without a .treeinfo keep their installer: the Xen one of RHEL 5 and older, a
 * boot CD's, and the one for network boot, which serves Xen too since RHEL 6 and Fedora 10. */
static const struct {
    const char *source, *kernel, *ramdisk;
} layouts[] = {
    {XEN_LAYOUT, "images/xen/vmlinuz", "images/xen/initrd.img"},
    {"isolinux", "isolinux/vmlinuz", "isolinux/initrd.img"},
    {"images/pxeboot", "images/pxeboot/vmlinuz", "images/pxeboot/initrd.img"},
};

static int add_layouts(struct tree_plan *plan, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
        if (plan_add(plan, layouts[i].source, layouts[i].kernel, layouts[i].ramdisk, err) < 0)
            return -1;
    return 0;
}

/* Adds the images of the first complete section of: xen, the architecture asked for, the
 * tree's own (install-arch is i386 unless somebody sets it, which is forgotten easily, and a
 * tree of another architecture has no i386 to offer). 1: added; 0: no kernel is named.
 *
 * A section with a kernel and no initrd is passed over, and an error when there is no better
 * one: this kernel without its ramdisk would panic in a guest where nobody looks, and the
 * ramdisk of another section has the modules of another kernel. */
static int add_images(struct tree_plan *plan, struct treeinfo *info, const char *file,
                      struct error *err)
{
    const char *platforms[] = {"xen", arch_rpm(plan->request->arch), info->arch};
    const char *half = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
        const struct treeinfo_images *images =
            platforms[i] ? treeinfo_images(info, platforms[i]) : NULL;

        if (!images || !images->kernel)
            continue;
        if (images->initrd || plan->ramdisk)
            return plan_add(plan, file, images->kernel, images->initrd, err) < 0 ? -1 : 1;
        half = half ? half : images->platform;
    }
    if (half)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s: section [images-%s] names a kernel but no initrd; set install-kernel "
                         "and install-ramdisk to the paths of both",
                         file, half);
    return 0;
}

static int use_treeinfo(struct tree_plan *plan, const char *file, struct error *err)
{
    auto_treeinfo struct treeinfo info = TREEINFO_INIT;
    int found = treeinfo_read(file, &plan->text, &info, err);

    if (found <= 0)
        return found;
    plan->tree->metadata = xstrdup(file);
    plan->tree->name = take_pointer(info.name);
    plan->tree->version = take_pointer(info.version);
    plan->tree->arch = info.arch ? xstrdup(info.arch) : NULL;
    if (!plan->decided) {
        int added = add_images(plan, &info, file, err);

        if (added < 0 || (added == 0 && add_layouts(plan, err) < 0))
            return -1;
    }
    return treeinfo_sums(plan, file, err) < 0 ? -1 : 1;
}

/* The version in a release's name is its last word that begins with a digit: "Red Hat
 * Enterprise Linux 4", "Fedora Core 4 (Stentz)". */
static void use_release_name(struct tree *tree, const char *line, size_t length)
{
    const char *at = line, *end = line + length, *word;
    size_t size;

    while ((size = next_word(&at, end, &word)) > 0)
        if (isdigit((unsigned char)*word))
            tree_fact(&tree->version, word, size);
    tree_fact(&tree->name, line, length);
}

/* .discinfo of trees before .treeinfo: a timestamp, the name of the release, the
 * architecture, each a line. It names no files. */
static int use_discinfo(struct tree_plan *plan, const char *file, struct error *err)
{
    struct lines lines;
    const char *line;
    size_t length;
    int found;

    lines_start(&lines, file, &plan->text);
    while (lines.number < 3 && (found = lines_next(&lines, &line, &length, err)) != 0) {
        if (found < 0)
            return -1;
        trim(&line, &length);
        if (lines.number == 1 && (length == 0 || !isdigit((unsigned char)*line)))
            return 0;
        if (lines.number == 1)
            plan->tree->metadata = xstrdup(file);
        else if (lines.number == 2)
            use_release_name(plan->tree, line, length);
        else
            tree_fact(&plan->tree->arch, line, length);
    }
    return 0;
}

static int redhat_plan(struct tree_plan *plan, struct error *err)
{
    static const char *const treeinfos[] = {".treeinfo", "treeinfo"};

    for (size_t i = 0; i < ARRAY_SIZE(treeinfos); i++) {
        int found = plan_read(plan, treeinfos[i], err);

        if (found > 0)
            found = use_treeinfo(plan, treeinfos[i], err);
        if (found != 0)
            return found < 0 ? -1 : 0;
    }
    int found = plan_read(plan, ".discinfo", err);
    if (found < 0 || (found > 0 && use_discinfo(plan, ".discinfo", err) < 0))
        return -1;
    return plan->decided ? 0 : add_layouts(plan, err);
}

/* The number that a version begins with; what stands before it ("RHEL-6", "v7") does not
 * count. A development tree is the latest; what has no number is 0, as is a silent tree. */
static long version_number(const char *version)
{
    static const char *const latest[] = {"rawhide", "eln", "development"};

    for (size_t i = 0; version && i < ARRAY_SIZE(latest); i++)
        if (strncasecmp(version, latest[i], strlen(latest[i])) == 0)
            return VERSION_LATEST;
    while (version && *version && !isdigit((unsigned char)*version))
        version++;

    long number = 0;
    for (; version && isdigit((unsigned char)*version) && number < VERSION_LATEST; version++)
        number = number * 10 + (*version - '0');
    return number;
}

/* Fedora counts its versions apart from those of RHEL and its kin. */
static bool is_fedora(const char *tree_name)
{
    static const char fedora[] = "fedora";

    return tree_name && strncasecmp(tree_name, fedora, strlen(fedora)) == 0;
}

static bool redhat_pygrub_boots(const char *tree_name, const char *tree_version)
{
    return version_number(tree_version) < (is_fedora(tree_name) ? BLS_VERSION_FEDORA : BLS_VERSION);
}

/* A tree without metadata is one of today's, made by osbuild or for a bootable container, or its
 * mirror hides files whose names begin with a dot: RHEL 5 and what was before it has them, and is
 * known by its kernel for Xen too. */
static bool is_ancient(const struct install_arguments *arguments)
{
    long number = version_number(arguments->tree_version);
    bool fedora = is_fedora(arguments->tree_name);

    if (number > 0)
        return number < (fedora ? INST_REPO_VERSION_FEDORA : INST_REPO_VERSION);
    return arguments->layout && strcmp(arguments->layout, XEN_LAYOUT) == 0;
}

/* Anaconda gave its options the prefix "inst." and, with RHEL 9 and Fedora 33, stopped to
 * listen to the names without. */
static void redhat_words(const struct install_arguments *arguments, struct installer_words *words)
{
    if (is_ancient(arguments))
        return;
    words->method = "inst.repo";
    words->image = IMAGE_FILE;
    words->prefix = "inst.";
}

/* By .treeinfo, treeinfo or .discinfo, unless it names SUSE, whose media have a .treeinfo too. */
static int redhat_recognise(struct look *look, struct error *err)
{
    if (look_plan_any(look, &redhat_family, err) < 0)
        return -1;
    if (!look->out->tree.metadata || treeinfo_is_suse(&look->out->tree))
        return 0;
    return look_accept(look, &redhat_family);
}

/* What trees without metadata have in common: boot configurations that name their kernel. */
static const char *const configurations[] = {"EFI/BOOT/grub.cfg", "boot/grub2/grub.cfg",
                                             "isolinux/isolinux.cfg"};

static bool names_kernel(const struct buffer *text)
{
    const char *start = buffer_text(text);

    for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
        if (memmem(start, text->length, layouts[i].kernel, strlen(layouts[i].kernel)))
            return true;
    return false;
}

static int find_configuration(struct tree_plan *plan, const char **path, struct error *err)
{
    int found = 0;

    for (size_t i = 0; found == 0 && i < ARRAY_SIZE(configurations); i++) {
        *path = configurations[i];
        found = plan_read(plan, *path, err);
        if (found > 0)
            found = names_kernel(&plan->text);
    }
    return found;
}

/* What dnf installs from, and no tree of another installer has. */
static int find_packages(struct tree_plan *plan, const char **path, struct error *err)
{
    static const char mark[] = "<repomd";
    const struct tree_reader *reader = plan->reader;

    *path = "repodata/repomd.xml";
    int found = reader->read(reader->context, *path, TREE_METADATA_MAX, &plan->text, err);
    if (found <= 0)
        return found;
    return memmem(buffer_text(&plan->text), plan->text.length, mark, strlen(mark)) != NULL;
}

/* Images that osbuild makes, Fedora's Live media, and trees of a mirror that hides what begins with
 * a dot. */
static int redhat_suspect(struct look *look, struct error *err)
{
    struct tree_plan plan = {.reader = look->reader, .text = BUFFER_INIT(TREE_METADATA_MAX)};
    const char *path = NULL;
    int found = find_configuration(&plan, &path, err);

    if (found == 0)
        found = find_packages(&plan, &path, err);
    buffer_free(&plan.text);
    if (found <= 0)
        return found;
    if (look_plan_any(look, &redhat_family, err) < 0)
        return -1;
    look->out->metadata = xstrdup(path);
    return look_accept(look, &redhat_family);
}

/* These trees have the same layouts for all architectures. */
static const enum guess_way ways[] = {GUESS_OWN, GUESS_END};

const struct family redhat_family = {
    .distro = {.name = "rhlike", .last_round = 1, .method = "method"},
    .plan = redhat_plan,
    .words = redhat_words,
    .pygrub_boots = redhat_pygrub_boots,
    .recognise = redhat_recognise,
    .suspect = redhat_suspect,
    .ways = ways,
};
