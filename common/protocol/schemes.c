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
    {"http://", SOURCE_HTTP, true, true},     {"https://", SOURCE_HTTP, true, true},
    {"ftp://", SOURCE_FTP, true, true},       {"nfs:", SOURCE_NFS, true, true},
    {"nfs+iso:", SOURCE_NFS_ISO, true, true}, {"tftp://", SOURCE_TFTP, true, false},
    {"file:", SOURCE_FILE, false, false},
};

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

    return scheme && scheme->network;
}

bool url_is_for_all(const char *text)
{
    const struct url_scheme *scheme = url_scheme_of(text);

    return scheme && scheme->for_all;
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

bool url_begins_wrong(const char *text, size_t *length)
{
    for (size_t i = 0; i < ARRAY_SIZE(schemes) && !url_scheme_of(text); i++) {
        *length = strcspn(schemes[i].prefix, ":") + 1;
        if (strncasecmp(text, schemes[i].prefix, *length) == 0)
            return true;
    }
    return false;
}

char *url_fetched_prefixes(const char *joint, bool for_all)
{
    auto_buffer struct buffer out = BUFFER_INIT(PREFIXES_MAX);

    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
        if (schemes[i].network && (schemes[i].for_all || !for_all))
            (void)buffer_addf(&out, "%s%s", out.length ? joint : "", schemes[i].prefix);
    return buffer_take(&out);
}
