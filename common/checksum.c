/* Digests by name. See checksum.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/checksum.h"

#include <strings.h>

static const struct {
    const char *name;
    size_t digits;
} digests[] = {
    [DIGEST_NONE] = {NULL, 0},         [DIGEST_MD5] = {"md5", 32},
    [DIGEST_SHA1] = {"sha1", 40},      [DIGEST_SHA256] = {"sha256", 64},
    [DIGEST_SHA512] = {"sha512", 128},
};

const char *digest_name(enum digest digest)
{
    return (size_t)digest < ARRAY_SIZE(digests) ? digests[digest].name : NULL;
}

enum digest digest_from_name(const char *name)
{
    for (size_t i = DIGEST_MD5; name && i < ARRAY_SIZE(digests); i++)
        if (strcasecmp(digests[i].name, name) == 0)
            return (enum digest)i;
    return DIGEST_NONE;
}

enum digest digest_from_digits(size_t digits)
{
    for (size_t i = DIGEST_MD5; i < ARRAY_SIZE(digests); i++)
        if (digests[i].digits == digits)
            return (enum digest)i;
    return DIGEST_NONE;
}

bool checksum_set(struct checksum *sum, enum digest digest, const char *hex, size_t length)
{
    struct checksum set = {.digest = digest};

    if (!digest_name(digest) || length != digests[digest].digits)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (hex[i] >= 'A' && hex[i] <= 'F')
            set.hex[i] = (char)(hex[i] - 'A' + 'a');
        else if ((hex[i] >= '0' && hex[i] <= '9') || (hex[i] >= 'a' && hex[i] <= 'f'))
            set.hex[i] = hex[i];
        else
            return false;
    }
    *sum = set;
    return true;
}
