/* Digests by OpenSSL's EVP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/helper/digests.h"

/* MD5 names installers here and protects nothing, so a host in FIPS mode must not refuse
 * it: "-fips" lifts the host's own default of asking for approved algorithms only. */
static const struct {
    const char *name, *properties;
} algorithm_names[DIGEST_KINDS] = {
    [DIGEST_MD5] = {"MD5", "-fips"},
    [DIGEST_SHA1] = {"SHA1", "-fips"},
    [DIGEST_SHA256] = {"SHA256", NULL},
    [DIGEST_SHA512] = {"SHA512", NULL},
};

int digest_algorithms_load(struct digest_algorithms *algorithms, struct error *err)
{
    *algorithms = (struct digest_algorithms){0};
    for (int kind = DIGEST_MD5; kind < DIGEST_KINDS; kind++) {
        algorithms->kinds[kind] =
            EVP_MD_fetch(NULL, algorithm_names[kind].name, algorithm_names[kind].properties);
        if (!algorithms->kinds[kind])
            return error_set(err, ERROR_INTERNAL, "this host's OpenSSL does not offer %s",
                             algorithm_names[kind].name);
    }
    return 0;
}

void digest_algorithms_free(struct digest_algorithms *algorithms)
{
    for (int kind = 0; kind < DIGEST_KINDS; kind++)
        EVP_MD_free(algorithms->kinds[kind]);
    *algorithms = (struct digest_algorithms){0};
}

int digests_begin(struct digests *digests, const struct digest_algorithms *algorithms,
                  unsigned mask, struct error *err)
{
    digests_free(digests);
    for (int kind = DIGEST_MD5; kind < DIGEST_KINDS; kind++) {
        if (!(mask & DIGEST_BIT(kind)))
            continue;
        digests->kinds[kind] = EVP_MD_CTX_new();
        if (!digests->kinds[kind] ||
            EVP_DigestInit_ex2(digests->kinds[kind], algorithms->kinds[kind], NULL) != 1)
            return error_set(err, ERROR_INTERNAL, "OpenSSL cannot begin a digest of the kind %s",
                             algorithm_names[kind].name);
    }
    return 0;
}

int digests_add(struct digests *digests, unsigned mask, const void *bytes, size_t length)
{
    for (int kind = DIGEST_MD5; kind < DIGEST_KINDS; kind++)
        if ((mask & DIGEST_BIT(kind)) && digests->kinds[kind] &&
            EVP_DigestUpdate(digests->kinds[kind], bytes, length) != 1)
            return -1;
    return 0;
}

int digests_end(struct digests *digests, enum digest kind, struct checksum *sum)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    if (!digests->kinds[kind] || EVP_DigestFinal_ex(digests->kinds[kind], raw, &length) != 1)
        return -1;
    *sum = (struct checksum){.digest = kind};
    for (unsigned i = 0; i < length && 2 * i + 2 < sizeof(sum->hex); i++) {
        sum->hex[2 * i] = hex[raw[i] >> 4];
        sum->hex[2 * i + 1] = hex[raw[i] & 15];
    }
    return 0;
}

void digests_free(struct digests *digests)
{
    for (int kind = 0; kind < DIGEST_KINDS; kind++)
        EVP_MD_CTX_free(digests->kinds[kind]);
    *digests = (struct digests){0};
}
