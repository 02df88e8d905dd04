/* Headers of cpio. See cpio.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/ramdisk/cpio.h"

#include <stdio.h>
#include <string.h>

#define MAGIC_LENGTH 6
#define NEWC_HEADER  110
#define NEWC_FIELDS  13
#define NEWC_DIGITS  8
#define ODC_HEADER   76
#define END_PADDING  512 /* what cpio(1) rounds an archive up to */

static const char trailer[] = "TRAILER!!!";

bool cpio_sniff(const unsigned char *bytes, size_t length)
{
    return length >= MAGIC_LENGTH && memcmp(bytes, "07070", 5) == 0 &&
           (bytes[5] == '1' || bytes[5] == '2' || bytes[5] == '7');
}

/* DIGITS digits to base 8 or 16. False when one is none. */
static bool number(const unsigned char *text, unsigned digits, unsigned base, uint64_t *value)
{
    *value = 0;
    for (unsigned i = 0; i < digits; i++) {
        unsigned digit = text[i] - (unsigned)'0';
        unsigned letter = (text[i] | 0x20u) - (unsigned)'a';

        if (digit > 9 && letter < 6)
            digit = letter + 10;
        if (digit >= base)
            return false;
        *value = *value * base + digit;
    }
    return true;
}

static int damaged(const struct cpio_reader *reader, const char *fault, struct error *err)
{
    return stream_bad(reader->stream, err, "byte %llu of its cpio archive: %s",
                      (unsigned long long)reader->offset, fault);
}

static int take(struct cpio_reader *reader, size_t length, struct error *err)
{
    reader->offset += length;
    return stream_take(reader->stream, length, err);
}

/* Exactly LENGTH bytes in *BYTES, not passed by yet. */
static int show(struct cpio_reader *reader, size_t length, const unsigned char **bytes,
                struct error *err)
{
    size_t have;

    if (stream_peek(reader->stream, length, bytes, &have, err) < 0)
        return -1;
    if (have < length)
        return damaged(reader, "it ends before its trailer; was it cut off?", err);
    return 0;
}

/* Passes what fills up to newc's alignment by. */
static int skip_padding(struct cpio_reader *reader, enum cpio_format format, struct error *err)
{
    size_t padding = (size_t)(-reader->offset % CPIO_ALIGN);
    const unsigned char *bytes;

    if (format == CPIO_ODC || padding == 0)
        return 0;
    if (show(reader, padding, &bytes, err) < 0)
        return -1;
    return take(reader, padding, err);
}

/* In the order of the header. */
static int parse_newc(const struct cpio_reader *reader, const unsigned char *bytes,
                      struct cpio_entry *entry, uint64_t *name_size, struct error *err)
{
    uint32_t name_bytes = 0;
    uint32_t *const fields[NEWC_FIELDS] = {
        &entry->ino,        &entry->mode, &entry->uid,       &entry->gid,       &entry->nlink,
        &entry->mtime,      &entry->size, &entry->dev_major, &entry->dev_minor, &entry->rdev_major,
        &entry->rdev_minor, &name_bytes,  &entry->checksum,
    };

    for (size_t i = 0; i < NEWC_FIELDS; i++) {
        uint64_t value;
        if (!number(bytes + MAGIC_LENGTH + i * NEWC_DIGITS, NEWC_DIGITS, 16, &value))
            return damaged(reader, "a field of its header is no number", err);
        *fields[i] = (uint32_t)value;
    }
    *name_size = name_bytes;
    return 0;
}

/* In the order of the header: dev ino mode uid gid nlink rdev mtime(11) namesize filesize(11). */
static int parse_odc(const struct cpio_reader *reader, const unsigned char *bytes,
                     struct cpio_entry *entry, uint64_t *name_size, struct error *err)
{
    static const unsigned digits[10] = {6, 6, 6, 6, 6, 6, 6, 11, 6, 11};
    uint64_t f[10];
    const unsigned char *at = bytes + MAGIC_LENGTH;

    for (size_t i = 0; i < ARRAY_SIZE(digits); at += digits[i], i++)
        if (!number(at, digits[i], 8, &f[i]))
            return damaged(reader, "a field of its header is no number", err);
    if (f[9] > UINT32_MAX)
        return damaged(reader, "a file of 4 GiB or more, which no newc archive holds", err);
    if (f[7] > UINT32_MAX)
        return damaged(reader, "a time after 2106, which no newc archive holds", err);
    /* Device numbers are those of old: 8 bits of minor number below the major. */
    entry->dev_major = (uint32_t)f[0] >> 8;
    entry->dev_minor = (uint32_t)f[0] & 0xff;
    entry->ino = (uint32_t)f[1];
    entry->mode = (uint32_t)f[2];
    entry->uid = (uint32_t)f[3];
    entry->gid = (uint32_t)f[4];
    entry->nlink = (uint32_t)f[5];
    entry->rdev_major = (uint32_t)f[6] >> 8;
    entry->rdev_minor = (uint32_t)f[6] & 0xff;
    entry->mtime = (uint32_t)f[7];
    entry->size = (uint32_t)f[9];
    entry->checksum = 0;
    *name_size = f[8];
    return 0;
}

static int read_name(struct cpio_reader *reader, struct cpio_entry *entry, uint64_t size,
                     struct error *err)
{
    const unsigned char *bytes;

    if (size > CPIO_NAME_MAX)
        return damaged(reader, "a name longer than 4095 bytes", err);
    if (size < 2)
        return damaged(reader, "an entry without a name", err);
    if (show(reader, size, &bytes, err) < 0)
        return -1;
    if (bytes[size - 1] != 0 || bytes[0] == 0)
        return damaged(reader, "a name that is empty or does not end", err);
    memcpy(reader->name, bytes, size);
    entry->name = reader->name;
    if (take(reader, size, err) < 0)
        return -1;
    return skip_padding(reader, entry->format, err);
}

int cpio_read(struct cpio_reader *reader, struct cpio_entry *entry, struct error *err)
{
    const unsigned char *bytes;
    uint64_t name_size = 0;
    int result;

    if (show(reader, MAGIC_LENGTH, &bytes, err) < 0)
        return -1;
    if (!cpio_sniff(bytes, MAGIC_LENGTH))
        return damaged(reader, "no header of newc, crc or odc stands there", err);
    entry->format = bytes[5] == '1' ? CPIO_NEWC : bytes[5] == '2' ? CPIO_CRC : CPIO_ODC;
    size_t header = entry->format == CPIO_ODC ? ODC_HEADER : NEWC_HEADER;
    if (show(reader, header, &bytes, err) < 0)
        return -1;
    if (entry->format == CPIO_ODC)
        result = parse_odc(reader, bytes, entry, &name_size, err);
    else
        result = parse_newc(reader, bytes, entry, &name_size, err);
    if (result < 0 || take(reader, header, err) < 0 || read_name(reader, entry, name_size, err) < 0)
        return -1;
    if (strcmp(entry->name, trailer) != 0)
        return 1;
    return cpio_content(reader, entry, NULL, NULL, err);
}

static uint32_t sum_bytes(const unsigned char *bytes, size_t length)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < length; i++)
        sum += bytes[i];
    return sum;
}

int cpio_content(struct cpio_reader *reader, const struct cpio_entry *entry, cpio_each *each,
                 void *context, struct error *err)
{
    uint32_t left = entry->size, sum = 0;
    const unsigned char *bytes;
    size_t have;

    while (left > 0) {
        if (stream_peek(reader->stream, 1, &bytes, &have, err) < 0)
            return -1;
        if (have == 0)
            return damaged(reader, "it ends within a file; was it cut off?", err);
        size_t part = have < left ? have : left;
        if (entry->format == CPIO_CRC)
            sum += sum_bytes(bytes, part);
        if (each && each(context, bytes, part, err) < 0)
            return -1;
        if (take(reader, part, err) < 0)
            return -1;
        left -= (uint32_t)part;
    }
    /* Links whose content stands with another entry carry that one's sum. */
    if (entry->format == CPIO_CRC && entry->size > 0 && S_ISREG(entry->mode) &&
        sum != entry->checksum)
        return damaged(reader, "the checksum of the file before it is wrong", err);
    return skip_padding(reader, entry->format, err);
}

int cpio_write(struct output *output, const struct cpio_entry *entry, struct error *err)
{
    char header[NEWC_HEADER + 1];
    size_t name_size = strlen(entry->name) + 1;

    snprintf(header, sizeof header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
             entry->ino, entry->mode, entry->uid, entry->gid, entry->nlink, entry->mtime,
             entry->size, entry->dev_major, entry->dev_minor, entry->rdev_major, entry->rdev_minor,
             (unsigned)name_size, 0u);
    if (output_add(output, header, NEWC_HEADER, err) < 0 ||
        output_add(output, entry->name, name_size, err) < 0)
        return -1;
    return output_align(output, CPIO_ALIGN, err);
}

int cpio_write_end(struct output *output, struct error *err)
{
    const struct cpio_entry end = {.nlink = 1, .name = trailer};

    if (cpio_write(output, &end, err) < 0)
        return -1;
    return output_align(output, END_PADDING, err);
}

void cpio_normalise(const char *name, char out[CPIO_NAME_MAX])
{
    size_t used = 0;

    while (*name) {
        size_t length = strcspn(name, "/");

        if (length > 0 && !(length == 1 && name[0] == '.')) {
            if (used > 0)
                out[used++] = '/';
            memcpy(out + used, name, length);
            used += length;
        }
        name += length;
        name += strspn(name, "/");
    }
    out[used] = '\0';
}
