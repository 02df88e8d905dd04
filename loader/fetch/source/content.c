/* Recognition of HTML pages, and of kernels by common/kernel_magic.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/source/content.h"

#include <string.h>
#include <strings.h>

#include "common/memory.h"

/* A tag at the start of a page, without its "<". */
static const char *const html_tags[] = {
    "!doctype html", "html", "head", "title", "body", "script", "meta", "!--", "style", "div", "h1",
};

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_html(const unsigned char *bytes, size_t length)
{
    size_t at = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (at < length && is_blank(bytes[at]))
        at++;
    if (at == length || bytes[at++] != '<')
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(html_tags); i++) {
        size_t size = strlen(html_tags[i]);

        if (length - at >= size && strncasecmp((const char *)bytes + at, html_tags[i], size) == 0)
            return true;
    }
    return false;
}

enum content_kind content_recognise(const unsigned char *bytes, size_t length, bool at_end)
{
    if (kernel_magic(bytes, length))
        return CONTENT_KERNEL;
    if (is_html(bytes, length))
        return CONTENT_HTML;
    return at_end || length >= CONTENT_HEAD ? CONTENT_OTHER : CONTENT_UNDECIDED;
}
