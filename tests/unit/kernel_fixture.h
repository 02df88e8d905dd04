/* Kernels of a few hundred bytes for tests: ELF files with notes, and what they are wrapped into.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_KERNEL_FIXTURE_H
#define TESTS_UNIT_KERNEL_FIXTURE_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* Bytes that grow. */
struct kernel {
    unsigned char bytes[512 * 1024];
    size_t length;
};

static inline void put(struct kernel *kernel, const void *bytes, size_t length)
{
    memcpy(kernel->bytes + kernel->length, bytes, length);
    kernel->length += length;
}

static inline void put_zeros(struct kernel *kernel, size_t until)
{
    if (kernel->length < until)
        memset(kernel->bytes + kernel->length, 0, until - kernel->length);
    kernel->length = kernel->length < until ? until : kernel->length;
}

static inline void put_note(struct kernel *kernel, const char *name, uint32_t type,
                            const void *value, uint32_t length)
{
    const uint32_t head[] = {(uint32_t)strlen(name) + 1, length, type};

    put(kernel, head, sizeof head);
    put(kernel, name, head[0]);
    put_zeros(kernel, (kernel->length + 3) & ~(size_t)3);
    put(kernel, value, length);
    put_zeros(kernel, (kernel->length + 3) & ~(size_t)3);
}

/* Notes of Linux: those that every one has, ENTRY when it was built for PV and PHYS32_ENTRY when it
 * was built for PVH. */
static inline void put_linux_notes(struct kernel *kernel, bool pv, bool pvh)
{
    put_note(kernel, "Xen", 6, "linux", 6);
    put_note(kernel, "Xen", 5, "xen-3.0", 8);
    if (pv)
        put_note(kernel, "Xen", 1, "\0\0\0\201\377\377\377\377", 8);
    put_note(kernel, "Xen", 9, "yes", 4);
    put_note(kernel, "Xen", 8, "generic", 8);
    put_note(kernel, "GNU", 3, "0123456789abcdefghij", 20);
    if (pvh)
        put_note(kernel, "Xen", 18, "\0\0\0\1\0\0\0\0", 8);
}

/* An ELF header of 64 bits, or of 32, with COUNT program headers right behind it. */
static inline void put_elf(struct kernel *kernel, bool wide, uint16_t machine, uint16_t count)
{
    Elf64_Ehdr header = {.e_type = ET_EXEC,
                         .e_machine = machine,
                         .e_phoff = sizeof header,
                         .e_ehsize = sizeof header,
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = count};
    Elf32_Ehdr small = {.e_type = ET_EXEC,
                        .e_machine = machine,
                        .e_phoff = sizeof small,
                        .e_ehsize = sizeof small,
                        .e_phentsize = sizeof(Elf32_Phdr),
                        .e_phnum = count};

    memcpy(header.e_ident, "\177ELF\2\1\1", 7);
    memcpy(small.e_ident, "\177ELF\1\1\1", 7);
    put(kernel, wide ? (void *)&header : (void *)&small, wide ? sizeof header : sizeof small);
}

static inline void put_segment(struct kernel *kernel, bool wide, uint32_t type, uint32_t at,
                               uint32_t length)
{
    const Elf64_Phdr header = {.p_type = type, .p_offset = at, .p_filesz = length};
    const Elf32_Phdr small = {.p_type = type, .p_offset = at, .p_filesz = length};

    put(kernel, wide ? (const void *)&header : (const void *)&small,
        wide ? sizeof header : sizeof small);
}

/* A kernel of Linux; its notes are at its end. */
static inline void put_linux(struct kernel *kernel, bool wide, uint16_t machine, bool pv, bool pvh)
{
    static struct kernel notes;
    size_t start = kernel->length;

    notes.length = 0;
    put_linux_notes(&notes, pv, pvh);
    put_elf(kernel, wide, machine, 2);
    size_t at = kernel->length - start + 2 * (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
    put_segment(kernel, wide, PT_LOAD, 0, (uint32_t)(at + notes.length));
    put_segment(kernel, wide, PT_NOTE, (uint32_t)at, (uint32_t)notes.length);
    put(kernel, notes.bytes, notes.length);
}

/* A boot sector and its setup sectors, with PAYLOAD behind them. */
static inline void put_bzimage(struct kernel *kernel, uint16_t version, const void *payload,
                               uint32_t length)
{
    static const uint32_t at = 16; /* some of the decompressor's code comes first */
    size_t start = kernel->length;

    put_zeros(kernel, start + 2 * 512 + at);
    kernel->bytes[start + 0x1F1] = 1;
    memcpy(kernel->bytes + start + 0x1FE, "\x55\xAA\0\0HdrS", 8);
    memcpy(kernel->bytes + start + 0x206, &version, sizeof version);
    memcpy(kernel->bytes + start + 0x248, &at, sizeof at);
    memcpy(kernel->bytes + start + 0x24C, &length, sizeof length);
    put(kernel, payload, length);
}

/* Compresses KERNEL in its place, with gzip. */
static inline void gzip_kernel(struct kernel *kernel)
{
    static struct kernel packed;
    z_stream z = {.next_in = kernel->bytes, .avail_in = (unsigned)kernel->length};

    z.next_out = packed.bytes;
    z.avail_out = sizeof packed.bytes;
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    packed.length = sizeof packed.bytes - z.avail_out;
    deflateEnd(&z);
    memcpy(kernel->bytes, packed.bytes, packed.length);
    kernel->length = packed.length;
}

#endif
