/* One file, from its first bytes to its sums. See examine.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/examine.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
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

static int sum_begin(const struct examination *e, struct summing *summing, unsigned mask,
                     uint64_t total, struct error *err)
{
    *summing = (struct summing){.mask = mask, .total = total, .report = e->report};
    return digests_begin(&summing->digests, e->algorithms, summing->mask, err);
}

/* Those of the mask, into SUMS. */
static int sum_end(struct summing *summing, struct checksum sums[DIGEST_KINDS], struct error *err)
{
    for (unsigned kind = DIGEST_MD5; kind < DIGEST_KINDS; kind++)
        if ((summing->mask & DIGEST_BIT(kind)) &&
            digests_end(&summing->digests, (enum digest)kind, &sums[kind]) < 0)
            return error_set(err, ERROR_INTERNAL, "cannot compute its checksums");
    return 0;
}

static int cannot_read(uint64_t at, struct error *err)
{
    return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read it at byte %llu",
                           (unsigned long long)at);
}

/* The bytes from AT on, as many as SUMMING's total, or fewer where the file ends. */
static int read_part(const struct examination *e, struct summing *summing, uint64_t at,
                     struct error *err)
{
    auto_free unsigned char *block = xmalloc(SUM_BLOCK);

    while (summing->done < summing->total) {
        uint64_t left = summing->total - summing->done;
        ssize_t got = pread_all(e->fd, block, left < SUM_BLOCK ? (size_t)left : SUM_BLOCK,
                                (off_t)(at + summing->done));
        if (got < 0)
            return cannot_read(at + summing->done, err);
        if (got == 0)
            return 0;
        if (sum_bytes(summing, block, (size_t)got, err) < 0)
            return -1;
    }
    return 0;
}

static int sum_part(const struct examination *e, unsigned mask, uint64_t at, uint64_t length,
                    struct error *err)
{
    struct summing summing;
    int result = sum_begin(e, &summing, mask, length, err);

    if (result == 0)
        result = read_part(e, &summing, at, err);
    if (result == 0 && summing.done < length)
        result = error_set(err, ERROR_INVALID_SOURCE, "it ends at byte %llu",
                           (unsigned long long)(at + summing.done));
    if (result == 0)
        result = sum_end(&summing, e->finding->sums, err);
    digests_free(&summing.digests);
    e->finding->has_sums = result == 0;
    return result;
}

#define TABLES_MASK (DIGEST_BIT(DIGEST_MD5) | DIGEST_BIT(DIGEST_SHA256))

static int sum_file(const struct examination *e, struct error *err)
{
    return sum_part(e, TABLES_MASK, 0, e->finding->size, err);
}

static int take_sums(const struct examination *e, struct error *err)
{
    const struct medium_request *request = e->request;
    uint64_t size = e->finding->size, at = request->at;
    unsigned mask = request->tables ? TABLES_MASK : 0;

    if (at > size)
        return error_set(err, ERROR_INVALID_SOURCE, "it ends before byte %llu",
                         (unsigned long long)at);
    if (request->digest != DIGEST_NONE)
        mask |= DIGEST_BIT(request->digest);
    return sum_part(e, mask, at, request->length ? request->length : size - at, err);
}

/* --- kernels ----------------------------------------------------------------------------- */

static void look_into(struct finding *finding, struct kernel_layer *file)
{
    kernel_image_look(file, &finding->support);
    finding->looked = true;
    kernel_layer_free(file);
}

/* --- images ------------------------------------------------------------------------------ */

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

/* Its files are not looked at here: fsprobe reads them. */
static void examine_image(const struct examination *e)
{
    struct finding *finding = e->finding;

    if (finding->descriptor.size > finding->size)
        problem(finding, "the image is cut off: it has %llu bytes of %llu; get it again",
                (unsigned long long)finding->size, (unsigned long long)finding->descriptor.size);
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
    if (request->mode == MEDIUM_UNPACKS) {
        int result =
            kernel_unpack(&file, &request->unpack, &finding->support, &finding->unpacked, err);
        finding->looked = true;
        kernel_layer_free(&file);
        return result < 0 ? error_prefix(err, "%s cannot be unpacked", request->name) : 0;
    }
    if (request->mode == MEDIUM_LOOKS) {
        look_into(finding, &file);
        return 0;
    }
    if (request->mode == MEDIUM_TAKES_SUMS)
        return take_sums(&e, err) < 0 ? error_prefix(err, "%s", request->name) : 0;
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
    kernel_found_free(&finding->support);
    for (size_t i = 0; i < finding->problem_count; i++)
        free(finding->problems[i]);
    *finding = (struct finding){0};
}
