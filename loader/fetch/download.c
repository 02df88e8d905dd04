/* One file, from its transfer into the sink. See download.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/download.h"

#include <string.h>

#include "common/text.h"
#include "loader/fetch/sink.h"

const char *boot_file_name(enum fetch_file file)
{
    return file == BOOT_KERNEL ? "kernel" : "ramdisk";
}

static int refuse_content(struct download *d, enum content_kind content, struct error *err)
{
    const char *url = transfer_shown(d->transfer), *name = boot_file_name(d->file);

    d->web_page = content == CONTENT_HTML;
    if (d->web_page)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s is an HTML page, not a %s: does the network want a login, or is the "
                         "repository's URL that of a web page?",
                         url, name);
    return error_set(err, ERROR_INVALID_SOURCE, "%s is not a kernel (none of " KERNEL_FORMS ")",
                     url);
}

/* Judges the first bytes as soon as they are enough. */
static int recognise(struct download *d, bool at_end, struct error *err)
{
    enum content_kind content = content_recognise(d->head, d->head_length, at_end);
    if (content == CONTENT_UNDECIDED)
        return 0;
    /* A ramdisk may be anything that is no web page. */
    if (content == CONTENT_HTML || (content == CONTENT_OTHER && d->file == BOOT_KERNEL))
        return refuse_content(d, content, err);
    d->recognised = true;
    return 0;
}

static int take_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
    struct download *d = context;

    if (d->request->held_only) {
        d->refused = true;
        return error_set(err, ERROR_INTERNAL, "%s is not in the cache of this host",
                         transfer_shown(d->transfer));
    }
    if (!d->recognised) {
        size_t part = CONTENT_HEAD - d->head_length;
        if (part > length)
            part = length;
        memcpy(d->head + d->head_length, bytes, part);
        d->head_length += part;
        if (recognise(d, false, err) < 0)
            return -1;
    }
    return sink_add(d->sink, d->file, bytes, length, err);
}

/* Those that somebody will ask for, DIGEST_BITs: each costs as much time as the file takes. */
static unsigned digests_of(const struct fetch_request *request, enum fetch_file file,
                           const struct checksum *sum)
{
    unsigned mask = request->all_digests   ? DIGESTS_OF_TABLES
                    : file == BOOT_RAMDISK ? request->ramdisk_digests
                                           : 0;

    return sum->digest == DIGEST_NONE ? mask : mask | DIGEST_BIT(sum->digest);
}

/* --- what the host has --------------------------------------------------------------------- */

/* What was at PATH before; as far as SUM is known, it must be still that. */
static const struct held_file *held_at(const struct fetch_request *request, const char *path,
                                       const struct checksum *sum)
{
    for (size_t i = 0; i < request->held_count; i++) {
        const struct held_file *held = &request->held[i];

        if (held->path && held->validator && strcmp(held->path, path) == 0 &&
            sum->digest == DIGEST_NONE)
            return held;
    }
    return NULL;
}

/* What SUM names, wherever it came from. */
static const struct held_file *held_as(const struct fetch_request *request,
                                       const struct checksum *sum)
{
    for (size_t i = 0; sum->digest == DIGEST_SHA256 && i < request->held_count; i++)
        if (strcmp(request->held[i].sha256.hex, sum->hex) == 0)
            return &request->held[i];
    return NULL;
}

int download_start(struct download *d, struct file_source *source, const char *path,
                   const struct checksum *sum, struct error *err)
{
    const struct fetch_request *request = d->request;
    struct transfer_spec spec = {.what = boot_file_name(d->file),
                                 .limit = d->file == BOOT_KERNEL ? request->kernel_max
                                                                 : request->ramdisk_max,
                                 .limit_error = ERROR_LIMITS,
                                 .data = take_bytes,
                                 .context = d};

    d->source = source;
    d->path = path;
    if (sink_begin(d->sink, d->file, digests_of(request, d->file, sum), err) < 0)
        return -1;
    d->held = held_as(request, sum);
    if (d->held)
        return 0;
    d->held = held_at(request, path, sum);
    spec.known = d->held ? d->held->validator : NULL;
    d->transfer = source_start(source, path, &spec, err);
    return d->transfer ? 0 : -1;
}

enum transfer_state download_state(const struct download *d)
{
    if (d->transfer)
        return d->transfer->state;
    return d->held ? TRANSFER_UNCHANGED : TRANSFER_DONE;
}

/* --- the end ------------------------------------------------------------------------------- */

static const char *digest_title(enum digest digest)
{
    static const char *const titles[] = {
        [DIGEST_MD5] = "MD5",
        [DIGEST_SHA1] = "SHA-1",
        [DIGEST_SHA256] = "SHA-256",
        [DIGEST_SHA512] = "SHA-512",
    };
    return titles[digest];
}

static int verify(struct download *d, const struct checksum *wanted, const char *sayer,
                  struct fetch_result_file *out, struct error *err)
{
    struct checksum got = {0};

    if (wanted->digest == DIGEST_NONE)
        return 0;
    if (wanted->digest == DIGEST_MD5)
        got = out->md5;
    else if (wanted->digest == DIGEST_SHA256)
        got = out->sha256;
    else if (sink_digest(d->sink, d->file, wanted->digest, &got, err) < 0)
        return -1;
    if (strcmp(got.hex, wanted->hex) != 0)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s has the %s %s, but %s says %s: the file is damaged, or the mirror is "
                         "being updated; try again later, or another mirror",
                         d->transfer->url, digest_title(wanted->digest), got.hex, sayer,
                         wanted->hex);
    out->verified = wanted->digest;
    return 0;
}

static int finish_held(struct download *d, const struct checksum *wanted,
                       struct fetch_result_file *out)
{
    out->held = true;
    out->sha256 = d->held->sha256;
    out->path = xstrdup(d->path);
    const char *repository = source_repository(d->source);
    size_t length = strlen(repository);
    bool ends = length > 0 && repository[length - 1] == '/';
    out->url = xasprintf("%s%s%s", repository, ends ? "" : "/", d->path);
    out->validator = d->held->validator ? xstrdup(d->held->validator) : NULL;
    out->verified = wanted->digest;
    return 0;
}

int download_finish(struct download *d, const struct checksum *wanted, const char *sayer,
                    struct fetch_result_file *out, struct error *err)
{
    const struct transfer *transfer = d->transfer;

    if (download_state(d) == TRANSFER_UNCHANGED)
        return finish_held(d, wanted, out);
    if (transfer->received == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "%s is empty", transfer->url);
    if (!d->recognised && recognise(d, true, err) < 0)
        return -1;
    if (sink_end(d->sink, d->file, err) < 0)
        return -1;
    out->url = xstrdup(transfer->url);
    out->path = xstrdup(d->path);
    if (transfer->validator_lasts)
        out->validator = xstrdup(transfer->validator);
    out->size = sink_size(d->sink, d->file);
    unsigned mask = digests_of(d->request, d->file, wanted);
    if (((mask & DIGEST_BIT(DIGEST_MD5)) &&
         sink_digest(d->sink, d->file, DIGEST_MD5, &out->md5, err) < 0) ||
        ((mask & DIGEST_BIT(DIGEST_SHA256)) &&
         sink_digest(d->sink, d->file, DIGEST_SHA256, &out->sha256, err) < 0))
        return -1;
    return verify(d, wanted, sayer, out, err);
}
