/* The primary volume descriptor. See iso_descriptor.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/iso_descriptor.h"

#include <ctype.h>
#include <endian.h>
#include <string.h>

#include "common/io.h"
#include "distros/lines.h"

enum { TYPE_PRIMARY = 1, TYPE_END = 255 };
#define LABEL_AT 40
#define SIZE_AT  84

/* Copies LENGTH hex digits as lower case. False when there are more than MAX, or others. */
static bool take_hex(char *out, size_t max, const char *text, size_t length)
{
    if (length == 0 || length > max)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return false;
        out[i] = (char)tolower((unsigned char)text[i]);
    }
    out[length] = '\0';
    return true;
}

static bool take_number(uint64_t *out, uint64_t max, const char *text, size_t length)
{
    char digits[24];

    if (length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return text_to_number(digits, max, out);
}

static void take_field(struct implanted *implanted, const char *key, size_t key_length,
                       const char *value, size_t length)
{
    uint64_t number;

    if (same(key, key_length, "ISO MD5SUM")) {
        if (length != 32 || !take_hex(implanted->md5, 32, value, length))
            implanted->md5[0] = '\0';
    } else if (same(key, key_length, "FRAGMENT SUMS")) {
        if (!take_hex(implanted->fragment_sums, ISO_FRAGMENT_SUMS_MAX, value, length))
            implanted->fragment_sums[0] = '\0';
    } else if (same(key, key_length, "SKIPSECTORS")) {
        if (take_number(&number, UINT32_MAX, value, length))
            implanted->skip_sectors = (uint32_t)number;
    } else if (same(key, key_length, "FRAGMENT COUNT")) {
        if (take_number(&number, ISO_FRAGMENT_SUMS_MAX, value, length))
            implanted->fragment_count = (unsigned)number;
    }
}

void implanted_parse(const char *text, struct implanted *implanted)
{
    const char *end = text + ISO_APPLICATION_LENGTH;

    *implanted = (struct implanted){.md5 = ""};
    while (text < end) {
        const char *semicolon = memchr(text, ';', (size_t)(end - text));
        const char *stop = semicolon ? semicolon : end;
        const char *equals = memchr(text, '=', (size_t)(stop - text));

        if (equals) {
            const char *key = text, *value = equals + 1;
            size_t key_length = (size_t)(equals - key), length = (size_t)(stop - value);

            trim(&key, &key_length);
            trim(&value, &length);
            take_field(implanted, key, key_length, value, length);
        }
        text = stop + 1;
    }
    if (!implanted->fragment_sums[0] || !implanted->fragment_count)
        implanted->fragment_sums[0] = '\0', implanted->fragment_count = 0;
}

static void take_primary(struct descriptor *descriptor, const char *sector)
{
    uint32_t sectors;
    size_t length = ISO_LABEL_MAX;

    memcpy(&sectors, sector + SIZE_AT, sizeof sectors);
    descriptor->size = (uint64_t)be32toh(sectors) * ISO_SECTOR;
    while (length > 0 && (sector[LABEL_AT + length - 1] == ' ' || !sector[LABEL_AT + length - 1]))
        length--;
    memcpy(descriptor->label, sector + LABEL_AT, length);
    descriptor->label[length] = '\0';
    implanted_parse(sector + ISO_APPLICATION_AT, &descriptor->implanted);
}

int descriptor_read(int fd, struct descriptor *descriptor)
{
    char sector[ISO_SECTOR];

    *descriptor = (struct descriptor){.at = 0};
    for (unsigned i = 0; i < ISO_DESCRIPTORS_MAX; i++) {
        off_t at = (off_t)(ISO_FIRST_DESCRIPTOR + i) * ISO_SECTOR;
        ssize_t got = pread_all(fd, sector, sizeof sector, at);

        if (got < 0)
            return -1;
        if (got < (ssize_t)sizeof sector || memcmp(sector + 1, "CD001", 5) != 0 ||
            (unsigned char)sector[0] == TYPE_END)
            return 0;
        if (sector[0] == TYPE_PRIMARY) {
            descriptor->at = (uint64_t)at;
            take_primary(descriptor, sector);
            return 1;
        }
    }
    return 0;
}
