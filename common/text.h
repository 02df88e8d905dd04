/* Text: growable buffers with a maximum from birth, checks, numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"

/* A growable run of bytes, always followed by a NUL that `length` does not count. It
 * never holds more than `maximum` bytes: what would not fit is refused whole, `full` is
 * set, and every later addition is refused too, so that a caller may check once at the
 * end. Starts as BUFFER_INIT(maximum); `data` is NULL until something is added. */
struct buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
    bool full;
};
#define BUFFER_INIT(max)         \
    (struct buffer)              \
    {                            \
        NULL, 0, 0, (max), false \
    }

/* All three: true when added, false when it would pass the maximum. */
bool buffer_add(struct buffer *buffer, const void *bytes, size_t length);
bool buffer_add_text(struct buffer *buffer, const char *text);
bool buffer_addf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The bytes as a string, never NULL; the buffer keeps them. */
const char *buffer_text(const struct buffer *buffer);
/* Takes the string out: the caller frees it, the buffer is empty again. Never NULL. */
char *buffer_take(struct buffer *buffer) must_check;
/* Forgets the content, keeps the memory. */
void buffer_clear(struct buffer *buffer);
void buffer_free(struct buffer *buffer);
#define auto_buffer __attribute__((cleanup(buffer_free)))

/* True when TEXT holds no control character (below 0x20, 0x7f, or C1: U+0080 to U+009F in UTF-8,
 * and the bare bytes 0x80 to 0x9f where they are part of no UTF-8) and nothing else that parts
 * lines (U+2028, U+2029): it can stand in one line of what a toolstack parses, whoever parses it,
 * and on any terminal. The empty string is clean. */
bool text_is_clean(const char *text);
/* True when TEXT is clean and holds no white space, so that it is one word of a kernel's
 * command line or of PV_bootloader_args. The empty string is not a word. */
bool text_is_word(const char *text);

/* FIRST and SECOND joined by one space, where both are there and not empty. The caller frees; never
 * NULL. */
char *text_join(const char *first, const char *second) must_check;

/* True when TEXT begins with PREFIX. */
bool text_starts(const char *text, const char *prefix);
/* True when TEXT ends in SUFFIX. */
bool text_ends(const char *text, const char *suffix);

/* Decodes the %XX of a URL in TEXT's own place (RFC 3986, 2.1). False for a '%' that encodes
 * nothing, or a NUL; what TEXT holds then is of no use. */
bool text_decode_percent(char *text) must_check;

/* True when TEXT is DIGITS lower-case hexadecimal digits and nothing else, as digests are written.
 */
bool text_is_hex(const char *text, size_t digits);

/* A decimal number, the whole of TEXT, no sign, no white space, no larger than MAX. */
bool text_to_number(const char *text, uint64_t max, uint64_t *number) must_check;
/* The same for a size in bytes: a number with an optional K, M, G or T (powers of 1024),
 * optionally followed by "iB" (64MiB). */
bool text_to_size(const char *text, uint64_t max, uint64_t *size) must_check;
/* "true"/"false", "yes"/"no", "1"/"0", "on"/"off", any case. */
bool text_to_bool(const char *text, bool *value) must_check;

/* BYTES for people: "512 MiB", "8.2 MB"-style with three significant digits, powers of 1024.
 * Returns OUT. */
#define TEXT_SIZE_LENGTH 16
char *text_from_size(uint64_t bytes, char out[TEXT_SIZE_LENGTH]);

#endif
