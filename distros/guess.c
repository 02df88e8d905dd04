/* The layouts of every family in turn. See guess.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "distros/guess.h"

#include <string.h>

#include "distros/debian_release.h"

/* Longest part of a refused path that is shown. Bytes. */
#define SHOWN_MAX 200

/* What only xenpvnetboot looked for, in trees that its users named so: below main/installer-ARCH
 * of a mirror of Debian, and openSUSE's kernel without PAE. ARCH is Debian's name of it. */
static const struct {
    const char *source, *kernel, *ramdisk;
} others[] = {
    {"boot/i386", "boot/i386/vmlinuz-xen", "boot/i386/initrd-xen"},
    {"current/images/netboot/xen", "current/images/netboot/xen/vmlinuz",
     "current/images/netboot/xen/initrd.gz"},
    {"current/images/netboot/debian-installer",
     "current/images/netboot/debian-installer/amd64/linux",
     "current/images/netboot/debian-installer/amd64/initrd.gz"},
    {"current/images/netboot/debian-installer",
     "current/images/netboot/debian-installer/i386/linux",
     "current/images/netboot/debian-installer/i386/initrd.gz"},
};

enum guess_kind {
    FAMILY, /* its own layouts */
    CDROM,  /* those of its CD */
    OTHERS, /* the table above */
};

/* The steps, in their order: Red Hat's trees have the same layout for all architectures. */
static const struct step {
    enum guess_kind kind;
    const char *family;
    bool other_arch; /* than the one that is asked for */
} steps[] = {
    {FAMILY, "rhlike", false},     {FAMILY, "sleslike", false},   {FAMILY, "sleslike", true},
    {OTHERS, "debianlike", false}, {FAMILY, "debianlike", false}, {FAMILY, "debianlike", true},
    {CDROM, "debianlike", false},  {CDROM, "debianlike", true},
};

/* The reader of a tree that says nothing. */
static int read_nothing(void *context, const char *path, size_t max, struct buffer *out,
                        struct error *err)
{
    (void)context;
    (void)path;
    (void)max;
    (void)err;
    buffer_clear(out);
    return 0;
}

static const struct tree_reader silent = {read_nothing, NULL};

static int add_others(const struct tree_request *request, struct tree *tree, struct error *err)
{
    const char *ramdisk = request->ramdisk;

    while (ramdisk && *ramdisk == '/')
        ramdisk++;
    struct tree_plan plan = {.request = request,
                             .reader = &silent,
                             .tree = tree,
                             .text = BUFFER_INIT(TREE_METADATA_MAX),
                             .ramdisk = ramdisk && *ramdisk ? ramdisk : NULL};

    *tree = (struct tree){0};
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (plan_add(&plan, others[i].source, others[i].kernel, others[i].ramdisk, err) < 0) {
            tree_free(tree);
            return -1;
        }
    return 0;
}

static int take_step(const struct step *step, const struct tree_request *request, struct tree *tree,
                     struct error *err)
{
    struct tree_request own = *request;
    bool mirror = step->kind == FAMILY && strcmp(step->family, "debianlike") == 0;

    if (step->kind == OTHERS)
        return add_others(request, tree, err);
    own.family = step->family;
    own.kernel = NULL;
    if (step->other_arch)
        own.arch = strcmp(arch_rpm(request->arch), "i386") == 0 ? "x86_64" : "i386";
    if (step->kind == CDROM)
        own.repository = REPOSITORY_CDROM;
    auto_free char *release = debian_release_path(own.repository, own.release);
    if (mirror && !release)
        return 0;
    return tree_plan(&own, &silent, tree, err);
}

int guess_step(const struct tree_request *request, size_t number, struct tree *tree,
               const char **family, struct error *err)
{
    tree_free(tree);
    if (number >= ARRAY_SIZE(steps))
        return 0;
    *family = steps[number].family;
    return take_step(&steps[number], request, tree, err) < 0 ? -1 : 1;
}

int guess_check_path(const char *option, const char *path, struct error *err)
{
    const char *fault = tree_path_fault(path + strspn(path, "/"));

    if (!fault)
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE, "%s=%.*s is no path below --location: it %s",
                     option, SHOWN_MAX, path, fault);
}
