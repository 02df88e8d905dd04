/* One file, from its first bytes to the sums of the ramdisk in it. See examine.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/examine.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "distros/search.h"
#include "distros/tree_cache.h"
#include "loader/medium/iso_files.h"
#include "loader/medium/iso_md5.h"

/* Bytes that are read at once for sums. */
#define SUM_BLOCK (256 * 1024)

struct examination {
    int fd;
    const struct medium_request *request;
    const struct digest_algorithms *algorithms;
    struct report *report;
    struct finding *finding;
};

static void problem(struct finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void problem(struct finding *finding, const char *format, ...)
{
    va_list args;

    if (finding->problem_count == EXAMINE_PROBLEMS_MAX)
        return;
    va_start(args, format);
    finding->problems[finding->problem_count++] = xvasprintf(format, args);
    va_end(args);
}

/* --- sums -------------------------------------------------------------------------------- */

/* A file whose bytes pass, in any number of pieces. */
struct summing {
    struct digests digests;
    unsigned mask;
    uint64_t done, total;
    struct report *report;
};

static int sum_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
    struct summing *summing = context;

    if (digests_add(&summing->digests, summing->mask, bytes, length) < 0)
        return error_set(err, ERROR_INTERNAL, "cannot compute its checksums");
    summing->done += length;
    report_progress(summing->report, summing->done, true, summing->total);
    return 0;
}

static int sum_begin(const struct examination *e, struct summing *summing, enum digest wanted,
                     uint64_t total, struct error *err)
{
    *summing = (struct summing){
        .mask = DIGESTS_ALWAYS | DIGEST_BIT(wanted), .total = total, .report = e->report};
    return digests_begin(&summing->digests, e->algorithms, summing->mask, err);
}

/* The sums of all bytes, and of WANTED's digest, into *OTHER. */
static int sum_end(struct summing *summing, enum digest wanted, struct examined_sums *sums,
                   struct checksum *other, struct error *err)
{
    int result = digests_end(&summing->digests, DIGEST_MD5, &sums->md5);

    if (result == 0)
        result = digests_end(&summing->digests, DIGEST_SHA256, &sums->sha256);
    if (result == 0 && wanted == DIGEST_MD5)
        *other = sums->md5;
    else if (result == 0 && wanted == DIGEST_SHA256)
        *other = sums->sha256;
    else if (result == 0 && wanted != DIGEST_NONE)
        result = digests_end(&summing->digests, wanted, other);
    return result < 0 ? error_set(err, ERROR_INTERNAL, "cannot compute its checksums") : 0;
}

static int read_whole(const struct examination *e, struct summing *summing, struct error *err)
{
    auto_free unsigned char *block = xmalloc(SUM_BLOCK);
    ssize_t got;

    while ((got = pread_all(e->fd, block, SUM_BLOCK, (off_t)summing->done)) > 0)
        if (sum_bytes(summing, block, (size_t)got, err) < 0)
            return -1;
    return got < 0 ? error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read it at byte %llu",
                                     (unsigned long long)summing->done)
                   : 0;
}

static int sum_file(const struct examination *e, struct error *err)
{
    struct summing summing;
    struct checksum none;
    int result = sum_begin(e, &summing, DIGEST_NONE, e->finding->size, err);

    if (result == 0)
        result = read_whole(e, &summing, err);
    if (result == 0)
        result = sum_end(&summing, DIGEST_NONE, &e->finding->sums, &none, err);
    digests_free(&summing.digests);
    e->finding->has_sums = result == 0;
    return result;
}

/* --- kernels ----------------------------------------------------------------------------- */

static void look_into(struct finding *finding, struct kernel_layer *file)
{
    kernel_image_look(file, &finding->support);
    finding->looked = true;
    kernel_layer_free(file);
}

static int keep_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
    return buffer_add(context, bytes, length) ? 0 : error_set(err, ERROR_INVALID_SOURCE, "it grew");
}

static void look_into_image_kernel(struct finding *finding, struct iso_image *image,
                                   const struct image_file *kernel)
{
    auto_buffer struct buffer bytes = BUFFER_INIT(EXAMINE_KERNEL_MAX);
    auto_error struct error err = ERROR_INIT;

    finding->looked = true;
    if (kernel->size > EXAMINE_KERNEL_MAX) {
        finding->support.why = xasprintf("it has more than %d MiB", EXAMINE_KERNEL_MAX >> 20);
    } else if (image_read(image, kernel, keep_bytes, &bytes, &err) < 0) {
        finding->support.why = err.text;
        err.text = NULL;
    } else {
        struct kernel_layer file =
            KERNEL_LAYER_BYTES((const unsigned char *)buffer_text(&bytes), bytes.length);
        look_into(finding, &file);
    }
}

/* --- images ------------------------------------------------------------------------------ */

static int sum_ramdisk(const struct examination *e, struct iso_image *image,
                       const struct image_file *file, const struct checksum *wanted,
                       struct error *err)
{
    struct finding *finding = e->finding;
    struct checksum got = {DIGEST_NONE, ""};
    struct summing summing;
    int result = sum_begin(e, &summing, wanted->digest, file->size, err);

    if (result == 0)
        result = image_read(image, file, sum_bytes, &summing, err);
    if (result == 0)
        result = sum_end(&summing, wanted->digest, &finding->sums, &got, err);
    digests_free(&summing.digests);
    if (result < 0)
        return -1;
    finding->has_sums = true;
    if (wanted->digest != DIGEST_NONE && strcmp(got.hex, wanted->hex) != 0)
        problem(finding, "%s has the %s %s, but %s says %s: the image is damaged", finding->ramdisk,
                digest_name(wanted->digest), got.hex, finding->recognised.tree.metadata,
                wanted->hex);
    else
        finding->sums.verified = wanted->digest;
    return 0;
}

static void take_files(const struct examination *e, struct iso_image *image,
                       const struct tree_layout *layout, const struct image_file *kernel)
{
    struct finding *finding = e->finding;
    auto_error struct error err = ERROR_INIT;
    const struct image_file *ramdisk = layout->ramdisk ? image_find(image, layout->ramdisk) : NULL;

    finding->layout = xstrdup(layout->source);
    finding->kernel = xstrdup(layout->kernel);
    finding->kernel_size = kernel->size;
    look_into_image_kernel(finding, image, kernel);
    if (!ramdisk) {
        problem(finding, "the kernel %s is there, its ramdisk %s is not", layout->kernel,
                layout->ramdisk ? layout->ramdisk : "(none)");
        return;
    }
    finding->ramdisk = xstrdup(layout->ramdisk);
    finding->ramdisk_size = ramdisk->size;
    if (sum_ramdisk(e, image, ramdisk, &layout->ramdisk_sum, &err) < 0)
        problem(finding, "%s", err.text);
}

struct searched {
    const struct examination *e;
    struct iso_image *image;
};

static int take_layout(void *context, const struct tree_layout *layout, struct error *err)
{
    const struct searched *searched = context;
    const struct image_file *kernel = image_find(searched->image, layout->kernel);

    (void)err;
    if (kernel)
        take_files(searched->e, searched->image, layout, kernel);
    return kernel != NULL;
}

static void find_layout(const struct examination *e, struct iso_image *image)
{
    struct searched searched = {e, image};
    struct layout_search search = {take_layout, &searched, 0};
    const struct tree *tree = &e->finding->recognised.tree;
    auto_error struct error err = ERROR_INIT;

    if (search_tree(&search, tree, &err) > 0)
        return;
    auto_free char *kernels = search_kernels(tree);
    problem(e->finding, "the image has no kernel at %s", kernels);
}

static void recognise_image(const struct examination *e, struct iso_image *image, bool whole)
{
    const struct tree_reader inside = {image_read_metadata, image};
    const struct recognise_request request = {
        .arch = e->request->arch, .release = e->request->release, .repository = "cdrom"};
    auto_tree_cache struct tree_cache cache;
    const struct tree_reader reader = {tree_cache_read, &cache};
    auto_error struct error err = ERROR_INIT;

    tree_cache_start(&cache, &inside);
    if (tree_recognise(&request, &reader, &e->finding->recognised, &err) < 0)
        problem(e->finding, "%s", err.text);
    else if (e->finding->recognised.family)
        find_layout(e, image);
    else if (whole)
        problem(e->finding, "the image does not say what it installs (no .treeinfo, .discinfo, "
                            "content, media.1/products or .disk/info)");
}

static void checked(void *context, uint64_t done, uint64_t total)
{
    report_progress(context, done, true, total);
}

static void check(const struct examination *e)
{
    struct finding *finding = e->finding;
    auto_error struct error err = ERROR_INIT;
    struct check result;

    if (!finding->descriptor.implanted.md5[0]) {
        problem(finding, "the image carries no MD5 to verify");
        return;
    }
    if (check_image(e->fd, finding->size, &finding->descriptor, e->algorithms, checked, e->report,
                    &result, &err) < 0) {
        problem(finding, "%s", err.text);
        return;
    }
    finding->checked = true;
    finding->good = result.result == CHECK_GOOD;
    if (result.result == CHECK_DAMAGED && result.md5[0])
        problem(finding, "the image is damaged: its MD5 is %s, and should be %s", result.md5,
                finding->descriptor.implanted.md5);
    else if (result.result == CHECK_DAMAGED)
        problem(finding, "the image is damaged, between byte %llu and byte %llu",
                (unsigned long long)result.from, (unsigned long long)result.to);
}

static void examine_image(const struct examination *e)
{
    struct finding *finding = e->finding;
    auto_iso_image struct iso_image image = IMAGE_INIT(e->fd, finding->size);
    auto_error struct error err = ERROR_INIT;

    if (finding->descriptor.size > finding->size)
        problem(finding, "the image is cut off: it has %llu bytes of %llu; get it again",
                (unsigned long long)finding->size, (unsigned long long)finding->descriptor.size);
    bool whole = image_list(&image, &err) == 0;
    if (!whole)
        problem(finding, "%s", err.text);
    recognise_image(e, &image, whole);
    if (e->request->verify)
        check(e);
}

/* --- together ---------------------------------------------------------------------------- */

int examine(int fd, uint64_t size, const struct medium_request *request,
            const struct digest_algorithms *algorithms, struct report *report,
            struct finding *finding, struct error *err)
{
    const struct examination e = {fd, request, algorithms, report, finding};

    struct kernel_layer file = KERNEL_LAYER_FD(fd, size);

    finding->size = size;
    finding->support_only = request->support;
    if (request->support) {
        look_into(finding, &file);
        return 0;
    }
    int found = descriptor_read(fd, &finding->descriptor);
    if (found < 0)
        return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read %s", request->name);
    if (found > 0) {
        finding->iso = true;
        examine_image(&e);
        return 0;
    }
    if (kind_look(fd, &finding->kind, err) < 0 ||
        (finding->kind.kind != KIND_OTHER && sum_file(&e, err) < 0))
        return error_prefix(err, "%s", request->name);
    if (finding->kind.kind == KIND_KERNEL)
        look_into(finding, &file);
    return 0;
}

void finding_free(struct finding *finding)
{
    recognised_free(&finding->recognised);
    free(finding->layout);
    free(finding->kernel);
    free(finding->ramdisk);
    kernel_found_free(&finding->support);
    for (size_t i = 0; i < finding->problem_count; i++)
        free(finding->problems[i]);
    *finding = (struct finding){0};
}
