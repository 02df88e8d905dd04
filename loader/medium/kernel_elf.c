/* ELF headers, segments and sections. See kernel_elf.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/kernel_elf.h"
#include "loader/medium/little_endian.h"

#include <elf.h>
#include <endian.h>
#include <string.h>

#include "common/memory.h"

/* A piece of the file. */
struct span {
    uint64_t at, length;
};

struct spans {
    struct span items[ELF_NOTES_MAX];
    size_t count;
};

struct reading {
    struct kernel_layer *layer;
    struct kernel_elf *found;
    bool wide; /* 64 bits */
    uint64_t segments, sections;
    unsigned segment_size, segment_count, section_size, section_count, names;
};

/* --- numbers ----------------------------------------------------------------------------- */

/* A field that is as wide as the file. */
static uint64_t wide(const struct reading *r, const unsigned char *header, size_t at32, size_t at64)
{
    uint64_t value;

    if (!r->wide)
        return word(header + at32);
    memcpy(&value, header + at64, sizeof value);
    return le64toh(value);
}
#define WIDE(r, header, type, field) \
    wide(r, header, offsetof(Elf32_##type, field), offsetof(Elf64_##type, field))
#define HALF(r, header, type, field) \
    half((header) + ((r)->wide ? offsetof(Elf64_##type, field) : offsetof(Elf32_##type, field)))

/* --- the header -------------------------------------------------------------------------- */

static void take_machine(struct kernel_elf *elf, unsigned machine)
{
    static const struct {
        unsigned machine;
        const char *arch;
        bool x86;
    } machines[] = {{EM_X86_64, "x86_64", true},    {EM_386, "i386", true},
                    {EM_AARCH64, "aarch64", false}, {EM_ARM, "arm", false},
                    {EM_RISCV, "riscv", false},     {EM_PPC64, "ppc64le", false}};

    for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
        if (machines[i].machine == machine) {
            elf->arch = machines[i].arch;
            elf->x86 = machines[i].x86;
        }
}

static int check_ident(struct reading *r, const unsigned char *header, struct error *err)
{
    if (header[EI_DATA] != ELFDATA2LSB)
        return error_set(err, ERROR_INVALID_SOURCE,
                         header[EI_DATA] == ELFDATA2MSB
                             ? "it is a big-endian ELF file, and no kernel for x86"
                             : "its ELF header does not say in which order its bytes are");
    if (header[EI_CLASS] != ELFCLASS32 && header[EI_CLASS] != ELFCLASS64)
        return error_set(err, ERROR_INVALID_SOURCE, "its ELF header says neither 32 nor 64 bits");
    r->wide = header[EI_CLASS] == ELFCLASS64;
    return 0;
}

static int read_header(struct reading *r, struct error *err)
{
    unsigned char header[sizeof(Elf64_Ehdr)] = {0};

    if (kernel_layer_read_whole(r->layer, 0, header, sizeof(Elf32_Ehdr), "its ELF header's end",
                                err) < 0 ||
        check_ident(r, header, err) < 0)
        return -1;
    if (r->wide && kernel_layer_read_whole(r->layer, 0, header, sizeof header,
                                           "its ELF header's end", err) < 0)
        return -1;
    take_machine(r->found, half(header + offsetof(Elf64_Ehdr, e_machine)));
    r->segments = WIDE(r, header, Ehdr, e_phoff);
    r->sections = WIDE(r, header, Ehdr, e_shoff);
    r->segment_size = HALF(r, header, Ehdr, e_phentsize);
    r->segment_count = HALF(r, header, Ehdr, e_phnum);
    r->section_size = HALF(r, header, Ehdr, e_shentsize);
    r->section_count = HALF(r, header, Ehdr, e_shnum);
    r->names = HALF(r, header, Ehdr, e_shstrndx);
    return 0;
}

/* COUNT headers of SIZE bytes at AT into *OUT, which the caller frees. WANTED: their size as the
 * specification has it. */
static int read_headers(struct reading *r, uint64_t at, unsigned count, unsigned max, unsigned size,
                        size_t wanted, const char *what, unsigned char **out, struct error *err)
{
    if (count > max)
        return error_set(err, ERROR_INVALID_SOURCE, "it has %u of %s, more than the %u looked at",
                         count, what, max);
    if (size != wanted)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "%s are damaged: they have %u bytes each, not %zu", what, size, wanted);
    *out = xmalloc(count * wanted);
    return kernel_layer_read_whole(r->layer, at, *out, count * wanted, what, err);
}

/* --- notes ------------------------------------------------------------------------------- */

/* In their order in the file, so that it is unpacked once. */
static int add_span(struct spans *spans, uint64_t at, uint64_t length, struct error *err)
{
    size_t i = spans->count;

    if (length > ELF_PART_MAX)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "its ELF notes have %llu bytes, more than the %d looked at",
                         (unsigned long long)length, ELF_PART_MAX);
    if (spans->count == ELF_NOTES_MAX)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "it has more than %d pieces of ELF notes, which is too many",
                         ELF_NOTES_MAX);
    for (; i > 0 && spans->items[i - 1].at > at; i--)
        spans->items[i] = spans->items[i - 1];
    spans->items[i] = (struct span){at, length};
    spans->count++;
    return 0;
}

static int read_spans(struct reading *r, const struct spans *spans, struct error *err)
{
    for (size_t i = 0; i < spans->count; i++) {
        const struct span *span = &spans->items[i];
        auto_free unsigned char *notes = xmalloc(span->length + 1);

        if (kernel_layer_read_whole(r->layer, span->at, notes, span->length, "its ELF notes' end",
                                    err) < 0 ||
            xen_notes_add(&r->found->xen, notes, span->length, err) < 0)
            return -1;
    }
    return 0;
}

static int read_segments(struct reading *r, struct spans *notes, struct error *err)
{
    size_t size = r->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    auto_free unsigned char *headers = NULL;

    if (r->segment_count == 0)
        return 0;
    if (read_headers(r, r->segments, r->segment_count, ELF_SEGMENTS_MAX, r->segment_size, size,
                     "its program headers", &headers, err) < 0)
        return -1;
    for (unsigned i = 0; i < r->segment_count; i++) {
        const unsigned char *header = headers + i * size;

        if (word(header) == PT_NOTE && add_span(notes, WIDE(r, header, Phdr, p_offset),
                                                WIDE(r, header, Phdr, p_filesz), err) < 0)
            return -1;
    }
    return read_spans(r, notes, err);
}

/* --- sections ---------------------------------------------------------------------------- */

static struct span section_at(const struct reading *r, const unsigned char *headers, unsigned i)
{
    const unsigned char *header = headers + i * r->section_size;

    return (struct span){WIDE(r, header, Shdr, sh_offset), WIDE(r, header, Shdr, sh_size)};
}

static int read_note_sections(struct reading *r, const unsigned char *headers, struct error *err)
{
    struct spans notes = {.count = 0};

    for (unsigned i = 0; i < r->section_count; i++) {
        struct span span = section_at(r, headers, i);

        if (word(headers + i * r->section_size + offsetof(Elf64_Shdr, sh_type)) == SHT_NOTE &&
            add_span(&notes, span.at, span.length, err) < 0)
            return -1;
    }
    return read_spans(r, &notes, err);
}

/* The number of the section "__xen_guest"; 0: there is none, for section 0 is nobody's. */
static unsigned find_guest_section(const struct reading *r, const unsigned char *headers,
                                   const char *names, size_t length)
{
    static const char wanted[] = "__xen_guest";

    for (unsigned i = 1; i < r->section_count; i++) {
        uint32_t name = word(headers + i * r->section_size);

        if (name < length && length - name >= sizeof wanted &&
            memcmp(names + name, wanted, sizeof wanted) == 0)
            return i;
    }
    return 0;
}

static int read_guest_section(struct reading *r, const unsigned char *headers, struct error *err)
{
    if (r->names == SHN_UNDEF || r->names >= r->section_count)
        return 0;
    struct span names = section_at(r, headers, r->names);
    /* Longer than the text ever was: no such kernel. */
    if (names.length > ELF_PART_MAX)
        return 0;
    auto_free char *text = xmalloc(names.length + 1);
    if (kernel_layer_read_whole(r->layer, names.at, text, names.length, "its sections' names",
                                err) < 0)
        return -1;
    unsigned number = find_guest_section(r, headers, text, names.length);
    if (!number)
        return 0;
    struct span guest = section_at(r, headers, number);
    if (guest.length > ELF_PART_MAX)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "its section __xen_guest has %llu bytes, more than the %d looked at",
                         (unsigned long long)guest.length, ELF_PART_MAX);
    auto_free char *keys = xmalloc(guest.length + 1);
    if (kernel_layer_read_whole(r->layer, guest.at, keys, guest.length, "its section __xen_guest",
                                err) < 0)
        return -1;
    xen_notes_add_text(&r->found->xen, keys, guest.length);
    return 0;
}

/* NOTES_TOO: of the sections as well. */
static int read_sections(struct reading *r, bool notes_too, struct error *err)
{
    size_t size = r->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
    auto_free unsigned char *headers = NULL;

    if (r->sections == 0 || r->section_count == 0)
        return 0;
    if (read_headers(r, r->sections, r->section_count, ELF_SECTIONS_MAX, r->section_size, size,
                     "its section headers", &headers, err) < 0)
        return -1;
    if (notes_too && read_note_sections(r, headers, err) < 0)
        return -1;
    return r->found->xen.any ? 0 : read_guest_section(r, headers, err);
}

int kernel_elf_read(struct kernel_layer *layer, struct kernel_elf *elf, struct error *err)
{
    struct reading r = {.layer = layer, .found = elf};
    struct spans notes = {.count = 0};

    *elf = (struct kernel_elf){.arch = NULL};
    if (read_header(&r, err) < 0)
        return -1;
    if (!elf->x86)
        return 0;
    if (read_segments(&r, &notes, err) < 0)
        return -1;
    return elf->xen.any ? 0 : read_sections(&r, notes.count == 0, err);
}
