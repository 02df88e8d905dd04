/* Growable buffers, numbers and sizes. See text.h; escaping is in escape.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/utf8.h"

/* Room for LENGTH more bytes and a NUL, or false and `full`. */
static bool buffer_grow(struct buffer *buffer, size_t length)
{
    size_t needed, capacity;

    if (buffer->full || length > buffer->maximum - buffer->length) {
        buffer->full = true;
        return false;
    }
    needed = buffer->length + length + 1;
    if (needed <= buffer->capacity)
        return true;
    /* In doubles, but never beyond the maximum; `needed` is at most maximum + 1. */
    capacity = buffer->capacity < 32 ? 64 : buffer->capacity * 2;
    if (capacity > buffer->maximum + 1)
        capacity = buffer->maximum + 1;
    if (capacity < needed)
        capacity = needed;
    buffer->data = xreallocarray(buffer->data, capacity, 1);
    buffer->capacity = capacity;
    return true;
}

bool buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    if (!buffer_grow(buffer, length))
        return false;
    if (length)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return true;
}

bool buffer_add_text(struct buffer *buffer, const char *text)
{
    return buffer_add(buffer, text, strlen(text));
}

bool buffer_addf(struct buffer *buffer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    auto_free char *text = xvasprintf(format, args);
    va_end(args);
    return buffer_add_text(buffer, text);
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

char *buffer_take(struct buffer *buffer)
{
    char *text = buffer->data ? buffer->data : xstrdup("");

    *buffer = BUFFER_INIT(buffer->maximum);
    return text;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->full = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void buffer_free(struct buffer *buffer)
{
    cleanup_free(&buffer->data);
    *buffer = BUFFER_INIT(buffer->maximum);
}

/* C0, DEL and C1, and what parts lines: U+2028 and U+2029. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

bool text_is_clean(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        uint32_t c;
        size_t count = utf8_decode(p, UTF8_LENGTH_MAX, &c);
        /* A byte that is no UTF-8 is a character of its own to a terminal that knows none. */
        if (is_control(count ? c : *p))
            return false;
        p += count ? count : 1;
    }
    return true;
}

bool text_is_word(const char *text)
{
    return *text && text_is_clean(text) && !strchr(text, ' ');
}

char *text_join(const char *first, const char *second)
{
    if (!first || !*first)
        return xstrdup(second ? second : "");
    return second && *second ? xasprintf("%s %s", first, second) : xstrdup(first);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t length = strlen(text), end = strlen(suffix);

    return length >= end && memcmp(text + length - end, suffix, end) == 0;
}

/* The digits at the start of TEXT as a number up to MAX; returns what follows them, NULL
 * when there is no digit or the number is larger. */
static const char *scan_number(const char *text, uint64_t max, uint64_t *number)
{
    uint64_t value = 0;
    const char *p = text;

    for (; *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value) || value > max)
            return NULL;
    if (p == text)
        return NULL;
    *number = value;
    return p;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool text_decode_percent(char *text)
{
    char *out = text;

    for (const char *in = text; *in; in++) {
        if (*in != '%') {
            *out++ = *in;
            continue;
        }
        int high = hex_digit(in[1]), low = high < 0 ? -1 : hex_digit(in[2]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *out++ = (char)(high * 16 + low);
        in += 2;
    }
    *out = '\0';
    return true;
}

bool text_is_hex(const char *text, size_t digits)
{
    return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

bool text_to_number(const char *text, uint64_t max, uint64_t *number)
{
    uint64_t value;
    const char *rest = scan_number(text, max, &value);

    if (!rest || *rest)
        return false;
    *number = value;
    return true;
}

bool text_to_size(const char *text, uint64_t max, uint64_t *size)
{
    static const char units[] = "KMGT";
    uint64_t value;
    const char *rest = scan_number(text, UINT64_MAX, &value);

    if (!rest)
        return false;
    const char *unit = *rest ? strchr(units, toupper((unsigned char)*rest)) : NULL;
    if (unit) {
        if (__builtin_mul_overflow(value, UINT64_C(1) << (10 * (unit - units + 1)), &value))
            return false;
        rest++;
        if (strcmp(rest, "iB") == 0)
            rest += 2;
    }
    if (*rest || value > max)
        return false;
    *size = value;
    return true;
}

bool text_to_bool(const char *text, bool *value)
{
    static const char *const words[][2] = {
        {"false", "true"}, {"no", "yes"}, {"0", "1"}, {"off", "on"}};

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        for (int side = 0; side < 2; side++) {
            if (strcasecmp(text, words[i][side]) == 0) {
                *value = side == 1;
                return true;
            }
        }
    }
    return false;
}

char *text_from_size(uint64_t bytes, char out[TEXT_SIZE_LENGTH])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;

    /* 1023.5 of one unit would be shown as 1024: that is 1 of the next. */
    while (value >= 1023.5 && unit + 1 < ARRAY_SIZE(units)) {
        value /= 1024;
        unit++;
    }
    int digits = unit == 0 || value >= 99.95 || value == (double)(uint64_t)value ? 0
                 : value >= 9.995                                                ? 1
                                                                                 : 2;
    snprintf(out, TEXT_SIZE_LENGTH, "%.*f %s", digits, value, units[unit]);
    return out;
}
