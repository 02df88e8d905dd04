/* Lists of mirrors. See mirrors.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/protocol/mirrors.h"

#include <string.h>

#include "common/protocol/schemes.h"

/* One that is wrong begins here, too: else it would be a part of the one before it, and shown. */
static bool begins_url(const char *text)
{
    size_t length;

    return url_scheme_of(text) || url_begins_wrong(text, &length);
}

/* The length of the URL at TEXT. */
static size_t url_length(const char *text)
{
    size_t length = strcspn(text, ",");

    while (text[length] == ',' && !begins_url(text + length + 1))
        length += 1 + strcspn(text + length + 1, ",");
    return length;
}

size_t mirrors_count(const char *text)
{
    size_t count = 1;

    for (const char *at = text + url_length(text); *at; at += 1 + url_length(at + 1))
        count++;
    return count;
}

char *mirrors_at(const char *text, size_t index)
{
    for (; index > 0; index--) {
        text += url_length(text);
        if (!*text)
            return NULL;
        text++;
    }
    return xstrndup(text, url_length(text));
}

bool mirrors_all(const char *text, bool (*test)(const char *url))
{
    for (;;) {
        size_t length = url_length(text);
        auto_free char *url = xstrndup(text, length);

        if (!test(url))
            return false;
        if (!text[length])
            return true;
        text += length + 1;
    }
}
