/* The implanted MD5. See iso_md5.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/iso_md5.h"

#include <stdio.h>
#include <string.h>

#include "common/io.h"

struct md5_walk {
    const struct descriptor *descriptor;
    struct digests digests;
    uint64_t total;    /* bytes that the MD5 is of */
    uint64_t fragment; /* bytes of one; 0: there are none */
    uint64_t previous; /* the number of the fragment before */
    uint64_t good;     /* up to here the fragments' sums are right */
    size_t compared;   /* digits of the fragments' sums */
};

/* What stands in the application-use field was put there after the MD5 was computed. */
static void blank_field(const struct md5_walk *walk, uint64_t at, unsigned char *block,
                        size_t length)
{
    uint64_t field = walk->descriptor->at + ISO_APPLICATION_AT;
    uint64_t end = field + ISO_APPLICATION_LENGTH;
    uint64_t from = field > at ? field : at, to = end < at + length ? end : at + length;

    if (from < to)
        memset(block + (from - at), ' ', to - from);
}

/* Compares the next digits with the MD5 of all that has been read. 0, or -1 when OpenSSL fails. */
static int compare_fragment(struct md5_walk *walk, bool *good)
{
    const struct implanted *implanted = &walk->descriptor->implanted;
    size_t digits = ISO_FRAGMENT_SUMS_MAX / implanted->fragment_count;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    unsigned char md5[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    bool done = copy && EVP_MD_CTX_copy_ex(copy, walk->digests.kinds[DIGEST_MD5]) == 1 &&
                EVP_DigestFinal_ex(copy, md5, &length) == 1;

    EVP_MD_CTX_free(copy);
    for (size_t i = 0; done && i < digits && i < length; i++) {
        char hex[3];

        if (walk->compared == strlen(implanted->fragment_sums))
            break;
        snprintf(hex, sizeof hex, "%x", md5[i]);
        if (hex[0] != implanted->fragment_sums[walk->compared++])
            *good = false;
    }
    return done ? 0 : -1;
}

/* One block at AT. 1: go on; 0: a fragment is damaged; -1: OpenSSL fails. */
static int take_block(struct md5_walk *walk, uint64_t at, unsigned char *block, size_t length)
{
    bool good = true;

    blank_field(walk, at, block, length);
    if (digests_add(&walk->digests, DIGEST_BIT(DIGEST_MD5), block, length) < 0)
        return -1;
    uint64_t fragment = walk->fragment ? at / walk->fragment : 0;
    if (fragment == walk->previous)
        return 1;
    walk->previous = fragment;
    if (compare_fragment(walk, &good) < 0)
        return -1;
    if (good)
        walk->good = at + length;
    return good;
}

static int finish(struct md5_walk *walk, struct check *check, struct error *err)
{
    struct checksum sum;

    if (digests_end(&walk->digests, DIGEST_MD5, &sum) < 0)
        return error_set(err, ERROR_INTERNAL, "cannot compute the MD5 of the image");
    if (strcmp(sum.hex, walk->descriptor->implanted.md5) != 0) {
        check->result = CHECK_DAMAGED;
        memcpy(check->md5, sum.hex, sizeof check->md5);
    }
    return 0;
}

static int walk_image(int fd, struct md5_walk *walk,
                      void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                      struct check *check, struct error *err)
{
    unsigned char block[CHECK_BLOCK];
    size_t length;

    for (uint64_t at = 0; at < walk->total; at += length) {
        length = walk->total - at < sizeof block ? (size_t)(walk->total - at) : sizeof block;
        ssize_t got = pread_all(fd, block, length, (off_t)at);
        if (got < 0)
            return error_set_errno(err, ERROR_INVALID_SOURCE, "cannot read the image at byte %llu",
                                   (unsigned long long)at);
        if ((size_t)got < length) {
            check->result = CHECK_CUT_OFF;
            return 0;
        }
        int result = take_block(walk, at, block, length);
        if (result < 0)
            return error_set(err, ERROR_INTERNAL, "cannot compute the MD5 of the image");
        if (result == 0) {
            *check = (struct check){CHECK_DAMAGED, walk->good, at + length, ""};
            return 0;
        }
        if (progress)
            progress(context, at + length, walk->total);
    }
    return finish(walk, check, err);
}

int check_image(int fd, uint64_t size, const struct descriptor *descriptor,
                const struct digest_algorithms *algorithms,
                void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                struct check *check, struct error *err)
{
    const struct implanted *implanted = &descriptor->implanted;
    uint64_t skipped = (uint64_t)implanted->skip_sectors * ISO_SECTOR;
    struct md5_walk walk = {.descriptor = descriptor, .digests = {{NULL}}};

    *check = (struct check){.result = CHECK_GOOD};
    walk.total = descriptor->size > skipped ? descriptor->size - skipped : 0;
    if (walk.total > size) {
        check->result = CHECK_CUT_OFF;
        return 0;
    }
    if (implanted->fragment_count)
        walk.fragment = walk.total / (implanted->fragment_count + 1);
    int result = digests_begin(&walk.digests, algorithms, DIGEST_BIT(DIGEST_MD5), err);
    if (result == 0)
        result = walk_image(fd, &walk, progress, context, check, err);
    digests_free(&walk.digests);
    return result;
}
