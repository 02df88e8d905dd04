/* Checksums, and the digests that they are of, by name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CHECKSUM_H
#define COMMON_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

/* How bytes are verified: the stronger, the larger. */
enum digest {
    DIGEST_NONE = 0,
    DIGEST_MD5,
    DIGEST_SHA1,
    DIGEST_SHA256,
    DIGEST_SHA512,
};

/* Several of them, in one number. */
#define DIGEST_BIT(kind) (1u << (kind))
/* By which the tables of installation media know a ramdisk. */
#define DIGESTS_OF_TABLES (DIGEST_BIT(DIGEST_MD5) | DIGEST_BIT(DIGEST_SHA256))

struct checksum {
    enum digest digest;
    char hex[129]; /* lower case */
};

/* "md5", "sha1", "sha256", "sha512"; NULL for none. */
const char *digest_name(enum digest digest);
/* The digest of that name, any case; DIGEST_NONE when it is not known, or NULL. */
enum digest digest_from_name(const char *name);
/* The digest that is written with so many hex digits; DIGEST_NONE when there is none. */
enum digest digest_from_digits(size_t digits);
/* Takes LENGTH hex digits of any case, which need not be terminated. False when a digit is none or
 * the length is not the digest's: SUM is unchanged then. */
bool checksum_set(struct checksum *sum, enum digest digest, const char *hex,
                  size_t length) must_check;

#endif
