/* EFI programs. See pe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/systemd_boot/pe.h"

#include <endian.h>
#include <string.h>

#include "common/text.h"
#include "fsprobe/config/machine.h"

/* Bytes. */
#define DOS_HEAD     64
#define COFF_HEAD    24 /* with the magic before it */
#define MAGIC_LENGTH 2  /* of the optional head, which begins with it */

struct dos_head {
    char magic[2];
    unsigned char unused[58];
    uint32_t coff; /* where the other head is */
} __attribute__((packed));

struct coff_head {
    char magic[4];
    uint16_t machine, sections;
    uint32_t unused[3];
    uint16_t optional; /* bytes of the optional head, which follows */
    uint16_t flags;
    uint16_t optional_magic;
} __attribute__((packed));

struct section_head {
    char name[PE_NAME_LENGTH];
    uint32_t memory_length, memory, length, begin;
    unsigned char unused[16];
} __attribute__((packed));

_Static_assert(sizeof(struct dos_head) == DOS_HEAD, "the format's");
_Static_assert(sizeof(struct coff_head) == COFF_HEAD + MAGIC_LENGTH, "the format's");
_Static_assert(sizeof(struct section_head) == 40, "the format's");

struct reading {
    struct guest *guest;
    size_t volume;
    const char *path;
    uint64_t size; /* of the file */
};

/* LENGTH bytes from AT into OUT. 0, or -1 with ERR. */
static int take(const struct reading *r, uint64_t at, void *out, size_t length, struct error *err)
{
    auto_buffer struct buffer bytes = BUFFER_INIT(length);
    int result = guest_read_part(r->guest, r->volume, r->path, at, length, &bytes, err);

    if (result < 0)
        return -1;
    if (result == 0 || bytes.length < length)
        return error_set(err, ERROR_INVALID_SOURCE, "it ends in its own head");
    memcpy(out, buffer_text(&bytes), length);
    return 0;
}

/* Finds the table of sections: where it begins, and how many there are. 0, or -1 with ERR. */
static int find_table(const struct reading *r, uint64_t *at, size_t *count, struct error *err)
{
    struct dos_head dos;
    struct coff_head coff;

    if (r->size < DOS_HEAD)
        return error_set(err, ERROR_INVALID_SOURCE, "it is no EFI program");
    if (take(r, 0, &dos, sizeof dos, err) < 0)
        return -1;
    uint64_t head = le32toh(dos.coff);
    if (memcmp(dos.magic, "MZ", 2) != 0 || head < DOS_HEAD || head > r->size ||
        r->size - head < sizeof coff)
        return error_set(err, ERROR_INVALID_SOURCE, "it is no EFI program");
    if (take(r, head, &coff, sizeof coff, err) < 0)
        return -1;
    uint16_t magic = le16toh(coff.optional_magic);
    if (memcmp(coff.magic, "PE\0\0", 4) != 0 || le16toh(coff.optional) < MAGIC_LENGTH ||
        (magic != 0x10B && magic != 0x20B))
        return error_set(err, ERROR_INVALID_SOURCE, "it is no EFI program");
    if (!machine_is_own_number(le16toh(coff.machine)))
        return error_set(err, ERROR_INVALID_SOURCE, "it is for another kind of machine (0x%04x)",
                         le16toh(coff.machine));
    *count = le16toh(coff.sections);
    *at = head + COFF_HEAD + le16toh(coff.optional);
    if (*count == 0 || *count > PE_SECTIONS_MAX)
        return error_set(err, ERROR_INVALID_SOURCE, "it has %zu sections, and 1 to %d can be",
                         *count, PE_SECTIONS_MAX);
    return 0;
}

/* Whether two ranges have a byte in common; each ends below 2^64. */
static bool overlap(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
    return a_length && b_length && a < b + b_length && b < a + a_length;
}

/* Whether the sections of HEADS are inside the file, behind the table (which ends at END), and
 * apart. 0, or -1 with ERR. */
static int check_sections(const struct section_head *heads, const struct pe *pe, uint64_t end,
                          uint64_t size, struct error *err)
{
    for (size_t i = 0; i < pe->count; i++) {
        const struct section_head *a = &heads[i];
        uint64_t begin = le32toh(a->begin), length = le32toh(a->length);
        uint64_t memory = le32toh(a->memory), memory_length = le32toh(a->memory_length);
        const char *name = pe->sections[i].name;
        if (length && (begin < end || begin > size || length > size - begin))
            return error_set(err, ERROR_INVALID_SOURCE, "its section %s is not inside the file",
                             name);
        if (memory + memory_length > UINT32_MAX)
            return error_set(err, ERROR_INVALID_SOURCE, "its section %s is too large", name);
        for (size_t k = 0; k < i; k++) {
            const struct section_head *b = &heads[k];
            if (overlap(begin, length, le32toh(b->begin), le32toh(b->length)) ||
                overlap(memory, memory_length, le32toh(b->memory), le32toh(b->memory_length)))
                return error_set(err, ERROR_INVALID_SOURCE, "its section %s lies over another one",
                                 name);
        }
    }
    return 0;
}

int pe_read(struct guest *guest, size_t volume, const char *path, struct pe *pe, struct error *err)
{
    struct section_head heads[PE_SECTIONS_MAX];
    struct reading r = {.guest = guest, .volume = volume, .path = path};
    struct file_status status;
    uint64_t at = 0;
    int result = guest_status(guest, volume, path, &status, err);

    pe->count = 0;
    if (result <= 0)
        return result;
    if (!status.regular)
        return error_set(err, ERROR_INVALID_SOURCE, "it is not a regular file");
    r.size = status.size;
    if (find_table(&r, &at, &pe->count, err) < 0 ||
        take(&r, at, heads, pe->count * sizeof heads[0], err) < 0)
        return -1;
    for (size_t i = 0; i < pe->count; i++) {
        const struct section_head *head = &heads[i];
        struct pe_section *section = &pe->sections[i];
        uint32_t length = le32toh(head->length), in_memory = le32toh(head->memory_length);

        memcpy(section->name, head->name, PE_NAME_LENGTH);
        section->name[PE_NAME_LENGTH] = '\0';
        section->begin = le32toh(head->begin);
        section->length = length < in_memory ? length : in_memory;
    }
    return check_sections(heads, pe, at + pe->count * sizeof heads[0], r.size, err) < 0 ? -1 : 1;
}
