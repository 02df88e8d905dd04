/* The table of URL schemes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/protocol/schemes.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"

/* Bytes of a sentence that lists all of them. */
#define PREFIXES_MAX 256

/* The URL of NFS is older than its RFC 2224: anaconda and YaST write "nfs:HOST:/PATH". */
static const struct url_scheme schemes[] = {
    {"http://", SOURCE_HTTP, true, true, "over http"},
    {"https://", SOURCE_HTTP, true, true, "over https"},
    {"file:", SOURCE_FILE, false, true, "of this host"},
    {"ftp://", SOURCE_FTP, true, false, "over ftp"},
    {"tftp://", SOURCE_TFTP, true, false, "over tftp"},
    {"nfs+iso:", SOURCE_NFS, true, false, "out of an ISO image on an NFS server"},
    {"nfs:", SOURCE_NFS, true, false, "over NFS"},
};

static bool is_fetched(const struct url_scheme *scheme)
{
    return scheme->network && scheme->supported;
}

const struct url_scheme *url_scheme_of(const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
        if (strncasecmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
            return &schemes[i];
    return NULL;
}

bool url_is_fetched(const char *text)
{
    const struct url_scheme *scheme = url_scheme_of(text);

    return scheme && is_fetched(scheme);
}

bool url_has_scheme(const char *text, size_t *length)
{
    size_t end = 0;

    while (isalnum((unsigned char)text[end]) || (text[end] && strchr("+.-", text[end])))
        end++;
    if (length)
        *length = end;
    return end > 0 && text_starts(text + end, "://");
}

char *url_fetched_prefixes(const char *joint)
{
    auto_buffer struct buffer out = BUFFER_INIT(PREFIXES_MAX);

    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
        if (is_fetched(&schemes[i]))
            (void)buffer_addf(&out, "%s%s", out.length ? joint : "", schemes[i].prefix);
    return buffer_take(&out);
}
