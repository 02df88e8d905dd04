/* Fuzz target: the metadata of installation trees, of every family.
 *
 * The first byte of the input chooses which files the tree has and what is asked of it; the
 * rest is what every one of these files holds. Whatever it is, tree_plan() must end with
 * layouts whose paths are safe, or with an error; and arguments can be made of what the tree
 * says of itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "distros/families.h"
#include "distros/family.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each a family and the one of its metadata files that is there. */
static const struct {
    const char *family, *file, *repository;
} trees[] = {
    {"rhlike", ".treeinfo", "http://m/os"},
    {"rhlike", ".discinfo", "cdrom"},
    {"sleslike", "content", "http://m/os"},
    {"sleslike", "CHECKSUMS", "http://m/os"},
    {"sleslike", "media.1/products", "cdrom"},
    {"debianlike", "main/installer-amd64/current/images/SHA256SUMS", "http://m/dists/sid"},
    {"debianlike", "md5sum.txt", "cdrom"},
    {"debianlike", "Release", "http://m/dists/sid"},
    {"pygrub", "", "http://m/os"},
    {"alpinelike", "releases/x86_64/latest-releases.yaml", "http://m/alpine/edge"},
    {"alpinelike", ".alpine-release", "cdrom"},
    {"netbsdlike", "binary/kernel/SHA512", "http://m/amd64"},
    {"freebsdlike", "etc/fstab", "cdrom"},
    {"debianlike", "", NULL}, /* the input is the repository */
};

struct input {
    const char *file;
    const uint8_t *data;
    size_t size;
};

static int read_input(void *context, const char *path, size_t max, struct buffer *out,
                      struct error *err)
{
    const struct input *input = context;

    buffer_clear(out);
    if (strcmp(path, input->file) != 0)
        return 0;
    if (input->size > max || !buffer_add(out, input->data, input->size))
        return error_set(err, ERROR_LIMITS, "%s is too large", path);
    return 1;
}

/* As abort(3) when something that must hold does not. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_sum(const struct checksum *sum)
{
    struct checksum again;

    must(sum->digest == DIGEST_NONE ||
         checksum_set(&again, sum->digest, sum->hex, strlen(sum->hex)));
}

static void check_tree(const struct tree *tree)
{
    must(tree->layout_count >= 1 && tree->layout_count <= TREE_LAYOUTS_MAX);
    for (size_t i = 0; i < tree->layout_count; i++) {
        const struct tree_layout *layout = &tree->layouts[i];

        must(layout->source && !tree_path_fault(layout->kernel));
        must(!layout->ramdisk || !tree_path_fault(layout->ramdisk));
        check_sum(&layout->kernel_sum);
        check_sum(&layout->ramdisk_sum);
    }
    const char *const facts[] = {tree->name, tree->version, tree->arch};
    for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
        must(!facts[i] || (text_is_clean(facts[i]) && strlen(facts[i]) <= TREE_FACT_MAX));
}

static void check_arguments(const struct tree_request *request, const struct tree *tree)
{
    struct install_arguments arguments = {distro_find(request->family),
                                          request->repository,
                                          tree->name,
                                          tree->version,
                                          true,
                                          "p",
                                          "x",
                                          tree->layouts[0].source};
    auto_free char *text = distro_arguments(&arguments, NULL);

    must(text ? text_is_clean(text)
              : !text_is_word(request->repository) || !text_is_word(tree->layouts[0].source));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;

    size_t choice = data[0] % ARRAY_SIZE(trees);
    struct input input = {trees[choice].file, data + 1, size - 1};
    struct tree_reader reader = {read_input, &input};
    struct tree_request request = {.family = trees[choice].family,
                                   .arch = data[0] & 0x40 ? "i386" : "amd64",
                                   .repository = trees[choice].repository,
                                   .ramdisk = data[0] & 0x20 ? "boot/x86_64/loader/initrd" : NULL};
    /* What names a kernel is foreign text, too. */
    auto_free char *kernel = data[0] & 0x80 ? xstrndup((const char *)data + 1, size - 1) : NULL;
    request.kernel = kernel;
    auto_free char *repository = xstrndup((const char *)data + 1, size - 1);
    if (!request.repository) {
        request.repository = repository;
        request.release = data[0] & 0x20 ? "sid" : NULL;
    }

    auto_tree struct tree tree = {0};
    auto_error struct error err = ERROR_INIT;
    if (tree_plan(&request, &reader, &tree, &err) == 0) {
        check_tree(&tree);
        check_arguments(&request, &tree);
    } else {
        must(err.text && err.name != ERROR_NONE);
    }
    return 0;
}
