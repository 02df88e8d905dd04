/* Foreign text made fit for a terminal and for a log. See escape.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "common/utf8.h"

/* Code points that show nothing of their own, or change what stands beside them: controls,
 * bidirectional and other format controls, line and paragraph separators, surrogates,
 * private use, noncharacters. (Unicode categories Cc, Cf, Zl, Zp, Cs, Co, as ranges.) */
static const struct {
    uint32_t first, last;
} unprintable[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},    {0x0600, 0x0605},
    {0x061c, 0x061c},   {0x06dd, 0x06dd},   {0x070f, 0x070f},    {0x180e, 0x180e},
    {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},    {0xd800, 0xf8ff},
    {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},   {0xfff0, 0xffff},    {0x110bd, 0x110bd},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

static bool code_point_prints(uint32_t c)
{
    for (size_t i = 0; i < ARRAY_SIZE(unprintable); i++)
        if (c >= unprintable[i].first && c <= unprintable[i].last)
            return false;
    return c != '\\';
}

/* Into OUT, up to its maximum. Allocates nothing where OUT has that much room already. */
static void escape_to(const char *text, size_t length, struct buffer *out)
{
    static const char ellipsis[] = "…";
    const unsigned char *p = (const unsigned char *)text;

    for (size_t i = 0; i < length;) {
        uint32_t c;
        size_t count = utf8_decode(p + i, length - i, &c);
        char hex[sizeof "\\xff"];
        bool added;

        if (count && code_point_prints(c)) {
            added = buffer_add(out, text + i, count);
        } else if (count && c == '\\') {
            added = buffer_add(out, "\\\\", 2);
        } else {
            count = 1;
            added = buffer_add(out, hex, (size_t)snprintf(hex, sizeof hex, "\\x%02x", p[i]));
        }
        if (!added) {
            /* Whole characters go until the ellipsis has room. */
            size_t max = out->maximum, end = sizeof ellipsis - 1, keep = max > end ? max - end : 0;
            while (out->length > keep || (out->length && (out->data[out->length] & 0xc0) == 0x80))
                out->length--;
            if (out->data)
                out->data[out->length] = '\0';
            out->full = false;
            (void)buffer_add_text(out, ellipsis);
            break;
        }
        i += count;
    }
}

char *text_escape_bytes(const char *text, size_t length, size_t max)
{
    struct buffer out = BUFFER_INIT(max);

    escape_to(text, length, &out);
    return buffer_take(&out);
}

void text_escape_into(const char *text, char memory[TEXT_ESCAPED_MAX + 1])
{
    struct buffer out = {memory, 0, TEXT_ESCAPED_MAX + 1, TEXT_ESCAPED_MAX, false};

    memory[0] = '\0';
    escape_to(text, strlen(text), &out);
}

char *text_escape(const char *text)
{
    return text ? text_escape_bytes(text, strlen(text), TEXT_ESCAPED_MAX) : xstrdup("(none)");
}

char *text_escape_again(const char *text, size_t max)
{
    size_t length = strnlen(text, max);
    auto_buffer struct buffer out = BUFFER_INIT(SIZE_MAX / 2);

    if (text[length]) /* in front of a character, not in it */
        while (length > 0 && (text[length] & 0xc0) == 0x80)
            length--;
    for (const char *end = text + length; text < end; text += length) {
        const char *slash = memchr(text, '\\', (size_t)(end - text));
        length = (size_t)((slash ? slash : end) - text);
        escape_to(text, length, &out);
        if (slash) {
            (void)buffer_add_text(&out, "\\");
            length++;
        }
    }
    if (*text)
        (void)buffer_add_text(&out, "…");
    return buffer_take(&out);
}

/* RFC 8259, 7: what is beyond the first plane is a pair of surrogates. */
static void add_json_escape(struct buffer *out, uint32_t c)
{
    if (c >= 0x10000) {
        (void)buffer_addf(out, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    (void)buffer_addf(out, "\\u%04x", c);
}

char *text_escape_json(const char *json)
{
    struct buffer out = BUFFER_INIT(SIZE_MAX / 2);
    const unsigned char *p = (const unsigned char *)json;
    size_t length = strlen(json);

    for (size_t i = 0; i < length;) {
        uint32_t c = p[i];
        size_t count = utf8_decode(p + i, length - i, &c);

        if (c == '\\' || c == '\n' || (count && code_point_prints(c)))
            (void)buffer_add(&out, json + i, count ? count : 1);
        else
            add_json_escape(&out, c);
        i += count ? count : 1;
    }
    return buffer_take(&out);
}
