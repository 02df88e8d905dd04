/* Digests of a file as its bytes pass.
 *
 * The digests of one file may be spread over threads: each kind is touched by one thread
 * only, until all are done.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_HELPER_DIGESTS_H
#define COMMON_HELPER_DIGESTS_H

#include <stddef.h>

#include <openssl/evp.h>

#include "common/checksum.h"
#include "common/error.h"
#include "common/memory.h"

#define DIGEST_KINDS (DIGEST_SHA512 + 1)

/* The algorithms, fetched once; NULL for DIGEST_NONE. */
struct digest_algorithms {
    EVP_MD *kinds[DIGEST_KINDS];
};
/* 0, or -1 with ERR: this host's OpenSSL lacks one. The caller frees in either case. */
int digest_algorithms_load(struct digest_algorithms *algorithms, struct error *err) must_check;
/* Frees those that were fetched. */
void digest_algorithms_free(struct digest_algorithms *algorithms);

struct digests {
    EVP_MD_CTX *kinds[DIGEST_KINDS]; /* NULL: not wanted */
};
/* Starts anew with the digests of MASK (of DIGEST_BITs). 0, or -1 with ERR. */
int digests_begin(struct digests *digests, const struct digest_algorithms *algorithms,
                  unsigned mask, struct error *err) must_check;
/* Feeds BYTES to those digests that are begun and in MASK. 0, or -1. */
int digests_add(struct digests *digests, unsigned mask, const void *bytes,
                size_t length) must_check;
/* Lower-case hex of KIND into SUM; 0, or -1 when it was not begun. Once for each kind. */
int digests_end(struct digests *digests, enum digest kind, struct checksum *sum) must_check;
/* Frees what is begun and not ended, too. */
void digests_free(struct digests *digests);

#endif
