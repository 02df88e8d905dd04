/* The sums of one ramdisk. See sums.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/sums.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "common/helper/digests.h"
#include "loader/fetch/source/content.h"

#define READ_SIZE ((size_t)256 * 1024)

/* The file on its way. */
struct summing {
    struct digest_algorithms algorithms;
    struct digests digests;
    unsigned mask; /* of them: DIGEST_BITs */
    unsigned char head[SUMS_HEAD];
    size_t head_length;
    uint64_t size;
};

/* --- of what type it is -------------------------------------------------------------------- */

static bool begins(const unsigned char *head, size_t length, const char *magic, size_t size)
{
    return length >= size && memcmp(head, magic, size) == 0;
}

/* newc, newc with checksums, odc. (cpio(5)) */
static bool is_cpio(const unsigned char *head, size_t length)
{
    return begins(head, length, "070701", 6) || begins(head, length, "070702", 6) ||
           begins(head, length, "070707", 6);
}

/* s_magic, 56 bytes into the superblock, which is 1024 bytes into the filesystem. */
static bool is_ext2(const unsigned char *head, size_t length)
{
    return length >= 2048 && head[1024 + 56] == 0x53 && head[1024 + 57] == 0xef;
}

/* As much as HEAD holds of what it unpacks to, into OUT; returns the bytes. */
static size_t gunzip_head(const unsigned char *head, size_t length, unsigned char out[SUMS_HEAD])
{
    z_stream stream = {.next_in = (Bytef *)head,
                       .avail_in = (uInt)length,
                       .next_out = out,
                       .avail_out = SUMS_HEAD};

    /* 16: with a gzip header and no other. (zlib.h) */
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        return 0;
    /* It ends early where the head does, or where the data are damaged: what is there counts. */
    (void)inflate(&stream, Z_SYNC_FLUSH);
    inflateEnd(&stream);
    return SUMS_HEAD - stream.avail_out;
}

const char *sums_type(const unsigned char *head, size_t length)
{
    unsigned char unpacked[SUMS_HEAD];

    if (is_cpio(head, length) ||
        begins(head, length,
               "\xfd"
               "7zXZ",
               5) ||
        begins(head, length, "\x28\xb5\x2f\xfd", 4) || begins(head, length, "BZh", 3) ||
        begins(head, length, "\x5d\0\0", 3))
        return "cpio";
    if (!begins(head, length, "\x1f\x8b", 2))
        return NULL;
    size_t size = gunzip_head(head, length, unpacked);
    return is_cpio(unpacked, size) ? "cpio" : is_ext2(unpacked, size) ? "ext2" : NULL;
}

/* --- the sums ------------------------------------------------------------------------------ */

static int begin(struct summing *summing, struct error *err)
{
    if (digest_algorithms_load(&summing->algorithms, err) < 0)
        return -1;
    return digests_begin(&summing->digests, &summing->algorithms, summing->mask, err);
}

static int add(void *context, const void *bytes, size_t length, struct error *err)
{
    struct summing *summing = context;
    size_t part = SUMS_HEAD - summing->head_length;

    if (part > length)
        part = length;
    memcpy(summing->head + summing->head_length, bytes, part);
    summing->head_length += part;
    summing->size += length;
    if (digests_add(&summing->digests, summing->mask, bytes, length) < 0)
        return error_set(err, ERROR_INTERNAL, "OpenSSL cannot go on with a digest");
    return 0;
}

static int end(struct summing *summing, struct sums *sums, struct error *err)
{
    if (summing->size == 0)
        return error_set(err, ERROR_INVALID_SOURCE, "it is empty");
    if (((summing->mask & DIGEST_BIT(DIGEST_MD5)) &&
         digests_end(&summing->digests, DIGEST_MD5, &sums->md5) < 0) ||
        ((summing->mask & DIGEST_BIT(DIGEST_SHA256)) &&
         digests_end(&summing->digests, DIGEST_SHA256, &sums->sha256) < 0))
        return error_set(err, ERROR_INTERNAL, "OpenSSL cannot finish a digest");
    sums->size = summing->size;
    if (summing->mask == DIGESTS_OF_TABLES)
        sums->type = sums_type(summing->head, summing->head_length);
    return 0;
}

static void drop(struct summing *summing)
{
    digests_free(&summing->digests);
    digest_algorithms_free(&summing->algorithms);
}

static int read_to_end(struct summing *summing, int fd, uint64_t limit, struct report *report,
                       struct error *err)
{
    auto_free unsigned char *block = xmalloc(READ_SIZE);

    for (;;) {
        ssize_t count = read(fd, block, READ_SIZE);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read it");
        if (count == 0)
            return 0;
        if (summing->size + (uint64_t)count > limit)
            return error_set(err, ERROR_LIMITS,
                             "the ramdisk is larger than the limit of %llu bytes",
                             (unsigned long long)limit);
        if (add(summing, block, (size_t)count, err) < 0)
            return -1;
        report_progress(report, summing->size, false, 0);
    }
}

int sums_of_file(int fd, uint64_t limit, unsigned digests, struct report *report, struct sums *sums,
                 struct error *err)
{
    struct summing summing = {.mask = digests};
    int result = begin(&summing, err);

    if (result == 0)
        result = read_to_end(&summing, fd, limit, report, err);
    if (result == 0)
        result = end(&summing, sums, err);
    drop(&summing);
    return result;
}

/* What a transfer that has ended means. */
static int judge(struct transfer *transfer, const struct summing *summing, struct error *err)
{
    if (transfer->state == TRANSFER_MISSING)
        return error_set(err, ERROR_INVALID_SOURCE, "%s: %s", transfer->url, transfer->absence);
    if (transfer->state == TRANSFER_FAILED)
        return transfer_give_error(transfer, err);
    if (content_recognise(summing->head, summing->head_length, true) == CONTENT_HTML)
        return error_set(err, ERROR_INVALID_SOURCE, "%s is an HTML page, not a ramdisk",
                         transfer->url);
    return 0;
}

int sums_of_url(struct file_source *source, const char *path, uint64_t limit, struct sums *sums,
                struct error *err)
{
    struct summing summing = {.mask = DIGESTS_OF_TABLES};
    struct transfer *transfer = NULL;
    const struct transfer_spec spec = {.what = "ramdisk",
                                       .limit = limit,
                                       .limit_error = ERROR_LIMITS,
                                       .data = add,
                                       .context = &summing};
    int result = begin(&summing, err);

    if (result == 0 && !(transfer = source_start(source, path, &spec, err)))
        result = -1;
    while (result == 0 && transfer->state == TRANSFER_RUNNING)
        result = source_step(source, err);
    if (result == 0)
        result = judge(transfer, &summing, err);
    if (result == 0 && end(&summing, sums, err) < 0)
        result = error_prefix(err, "%s", transfer->url);
    source_stop(source, &transfer);
    drop(&summing);
    return result;
}
