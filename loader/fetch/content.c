/* Recognition of kernels and HTML pages.
 *
 * bzImage: the Linux x86 boot protocol (Documentation/x86/boot.rst): the boot sector's
 * 0x55 0xAA at 0x1FE, then "HdrS" at 0x202. ELF: 0x7F "ELF". gzip: RFC 1952, 0x1F 0x8B and
 * the only method there is, 8.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/content.h"

#include <string.h>
#include <strings.h>

#define BOOT_MAGIC_AT   0x1FE
#define SETUP_MAGIC_AT  0x202
#define SETUP_MAGIC_END (SETUP_MAGIC_AT + 4)

/* A tag at the start of a page, without its "<". */
static const char *const html_tags[] = {
    "!doctype html", "html", "head", "title", "body", "script", "meta", "!--", "style", "div", "h1",
};

static bool starts(const unsigned char *bytes, size_t length, const char *magic, size_t size)
{
    return length >= size && memcmp(bytes, magic, size) == 0;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* One tag against what follows "<". */
static enum content match_tag(const unsigned char *text, size_t length, const char *tag)
{
    size_t size = strlen(tag);
    if (length < size)
        return strncasecmp((const char *)text, tag, length) == 0 ? CONTENT_UNDECIDED
                                                                 : CONTENT_OTHER;
    return strncasecmp((const char *)text, tag, size) == 0 ? CONTENT_HTML : CONTENT_OTHER;
}

static enum content recognise_html(const unsigned char *bytes, size_t length)
{
    size_t at = starts(bytes, length, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (at < length && is_blank(bytes[at]))
        at++;
    if (at == length)
        return CONTENT_UNDECIDED;
    if (bytes[at++] != '<')
        return CONTENT_OTHER;
    enum content result = CONTENT_OTHER;
    for (size_t i = 0; i < sizeof(html_tags) / sizeof(html_tags[0]); i++) {
        enum content one = match_tag(bytes + at, length - at, html_tags[i]);
        if (one == CONTENT_HTML)
            return one;
        if (one == CONTENT_UNDECIDED)
            result = one;
    }
    return result;
}

static enum content recognise_kernel(const unsigned char *bytes, size_t length)
{
    if (starts(bytes, length,
               "\x7F"
               "ELF",
               4) ||
        starts(bytes, length, "\x1F\x8B\x08", 3))
        return CONTENT_KERNEL;
    if (length < SETUP_MAGIC_END)
        return CONTENT_UNDECIDED;
    if (bytes[BOOT_MAGIC_AT] == 0x55 && bytes[BOOT_MAGIC_AT + 1] == 0xAA &&
        memcmp(bytes + SETUP_MAGIC_AT, "HdrS", 4) == 0)
        return CONTENT_KERNEL;
    return CONTENT_OTHER;
}

enum content content_recognise(const unsigned char *bytes, size_t length, bool at_end)
{
    enum content kernel = recognise_kernel(bytes, length);
    if (kernel == CONTENT_KERNEL)
        return kernel;
    enum content html = recognise_html(bytes, length);
    if (html == CONTENT_HTML)
        return html;
    bool undecided = kernel == CONTENT_UNDECIDED || html == CONTENT_UNDECIDED;
    if (undecided && !at_end && length < CONTENT_HEAD)
        return CONTENT_UNDECIDED;
    return CONTENT_OTHER;
}
