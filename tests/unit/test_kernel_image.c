/* Kernels, wrapped in each way, cut off and altered.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/memory.h"
#include "kernel_fixture.h"
#include "loader/medium/kernel_elf.h"
#include "loader/medium/kernel_image.h"

static struct kernel kernel, inner;

static void setup_kernel(void)
{
    memset(kernel.bytes, 0, kernel.length);
    kernel.length = 0;
}

static int setup(void **state)
{
    (void)state;
    setup_kernel();
    inner.length = 0;
    return 0;
}

/* WANTED: "PV x86_64", "PVH i386 PAE", "PV+PVH …", "- …" for none; or a part of why not. */
static void is_at(const struct kernel *tested, const char *wanted, const char *file, int line)
{
    struct kernel_layer layer = KERNEL_LAYER_BYTES(tested->bytes, tested->length);
    struct kernel_found found;
    char text[512];

    kernel_image_look(&layer, &found);
    kernel_layer_free(&layer);
    snprintf(text, sizeof text, "%s%s%s%s %s", found.pv ? "PV" : "",
             found.pv && found.pvh ? "+" : "", found.pvh ? "PVH" : "",
             found.pv || found.pvh ? "" : "-", found.arch ? found.arch : "-");
    if (!found.known)
        snprintf(text, sizeof text, "%s", found.why);
    if (found.known ? strcmp(text, wanted) != 0 : !strstr(text, wanted)) {
        print_error("got: %s\nwanted: %s\n", text, wanted);
        _fail(file, line);
    }
    kernel_found_free(&found);
}
#define is(tested, wanted) is_at(tested, wanted, __FILE__, __LINE__)

/* --- ELF ----------------------------------------------------------------------------------- */

static void elf_kernels(void **state)
{
    static const struct {
        bool wide;
        uint16_t machine;
        bool pv, pvh;
        const char *wanted;
    } cases[] = {
        {true, EM_X86_64, true, true, "PV+PVH x86_64"},
        {true, EM_X86_64, true, false, "PV x86_64"},
        {true, EM_X86_64, false, true, "PVH x86_64"},
        {true, EM_X86_64, false, false, "- x86_64"},
        {false, EM_386, true, false, "PV i386 PAE"},
        {false, EM_386, false, false, "- i386 PAE"},
        {true, EM_AARCH64, true, true, "it is for aarch64, and PV and PVH are ways"},
        {true, EM_S390, true, true, "for a machine that is not known"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        kernel.length = 0;
        put_linux(&kernel, cases[i].wide, cases[i].machine, cases[i].pv, cases[i].pvh);
        is(&kernel, cases[i].wanted);
    }
}

static void elf_without_notes(void **state)
{
    (void)state;
    put_elf(&kernel, true, EM_X86_64, 0);
    is(&kernel, "- x86_64");
    kernel.bytes[EI_DATA] = ELFDATA2MSB;
    is(&kernel, "big-endian");
    kernel.bytes[EI_DATA] = 0;
    is(&kernel, "in which order its bytes are");
    kernel.bytes[EI_DATA] = ELFDATA2LSB;
    kernel.bytes[EI_CLASS] = 3;
    is(&kernel, "neither 32 nor 64 bits");
}

/* The notes are at the end: every byte less is too few. */
static void elf_cut_off(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        kernel.length = 0;
        put_linux(&kernel, wide, wide ? EM_X86_64 : EM_386, true, true);
        while (--kernel.length > 3)
            is(&kernel, "it is cut off: it ends before its");
        is(&kernel, "no kernel of a kind that is known");
        kernel.length = 0;
        is(&kernel, "it is empty");
    }
}

static Elf64_Ehdr *header(void)
{
    return (Elf64_Ehdr *)(void *)kernel.bytes;
}

static void segments_have_bounds(void **state)
{
    (void)state;
    for (unsigned count = ELF_SEGMENTS_MAX - 1; count <= ELF_SEGMENTS_MAX + 1; count++) {
        kernel.length = 0;
        put_elf(&kernel, true, EM_X86_64, (uint16_t)count);
        for (unsigned i = 0; i < count; i++)
            put_segment(&kernel, true, PT_LOAD, 0, 0);
        is(&kernel, count <= ELF_SEGMENTS_MAX ? "- x86_64" : "more than the 128 looked at");
    }
    header()->e_phnum = 1;
    header()->e_phentsize++;
    is(&kernel, "its program headers are damaged: they have 57 bytes each, not 56");
    header()->e_phentsize--;
    header()->e_phoff = UINT64_MAX;
    is(&kernel, "it ends before its program headers");
}

/* Pieces in the wrong order, empty but for one. */
static void pieces_of_notes_have_a_bound(void **state)
{
    (void)state;
    put_linux_notes(&inner, true, false);
    for (unsigned count = ELF_NOTES_MAX - 1; count <= ELF_NOTES_MAX + 1; count++) {
        kernel.length = 0;
        put_elf(&kernel, true, EM_X86_64, (uint16_t)count);
        uint32_t at = (uint32_t)(sizeof(Elf64_Ehdr) + count * sizeof(Elf64_Phdr));
        put_segment(&kernel, true, PT_NOTE, at, (uint32_t)inner.length);
        for (unsigned i = 1; i < count; i++)
            put_segment(&kernel, true, PT_NOTE, at - i, 0);
        put(&kernel, inner.bytes, inner.length);
        is(&kernel, count <= ELF_NOTES_MAX ? "PV x86_64" : "more than 16 pieces");
    }
}

static void bytes_of_notes_have_a_bound(void **state)
{
    (void)state;
    for (uint32_t length = ELF_PART_MAX - 4; length <= ELF_PART_MAX + 4; length += 4) {
        kernel.length = 0;
        put_elf(&kernel, true, EM_X86_64, 1);
        put_segment(&kernel, true, PT_NOTE, (uint32_t)(kernel.length + sizeof(Elf64_Phdr)), length);
        size_t start = kernel.length;
        put_linux_notes(&kernel, false, true);
        put_zeros(&kernel, start + length);
        is(&kernel, length <= ELF_PART_MAX ? "PVH x86_64" : "its ELF notes have 65540 bytes");
    }
}

/* --- sections ------------------------------------------------------------------------------ */

/* A kernel whose sections are: nothing, names, and one called NAME with TEXT in it. */
static void put_sections(const char *name, uint32_t type, const void *text, size_t length)
{
    size_t names, content;

    put_elf(&kernel, true, EM_X86_64, 0);
    names = kernel.length;
    put(&kernel, "\0.shstrtab", 11);
    put(&kernel, name, strlen(name) + 1);
    size_t names_length = kernel.length - names;
    content = kernel.length;
    put(&kernel, text, length);
    put_zeros(&kernel, (kernel.length + 7) & ~(size_t)7);
    const Elf64_Shdr headers[] = {
        {0},
        {.sh_name = 1, .sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = names_length},
        {.sh_name = 11, .sh_type = type, .sh_offset = content, .sh_size = length}};
    header()->e_shoff = kernel.length;
    header()->e_shentsize = sizeof(Elf64_Shdr);
    header()->e_shnum = 3;
    header()->e_shstrndx = 1;
    put(&kernel, headers, sizeof headers);
}

static void old_guest_section(void **state)
{
    static const char text[] = "XEN_VER=xen-3.0,LOADER=generic";

    (void)state;
    put_sections("__xen_guest", SHT_PROGBITS, text, sizeof text);
    is(&kernel, "PV x86_64");
    gzip_kernel(&kernel);
    is(&kernel, "PV x86_64");
    kernel.length = 0;
    put_sections("__xen_guest2", SHT_PROGBITS, text, sizeof text);
    is(&kernel, "- x86_64");
    kernel.length--;
    is(&kernel, "it ends before its section headers");
}

static void notes_in_sections(void **state)
{
    (void)state;
    put_linux_notes(&inner, true, true);
    put_sections(".notes", SHT_NOTE, inner.bytes, inner.length);
    is(&kernel, "PV+PVH x86_64");
}

static void sections_have_bounds(void **state)
{
    (void)state;
    put_sections("__xen_guest", SHT_PROGBITS, "", 1);
    Elf64_Shdr *sections = (Elf64_Shdr *)(void *)(kernel.bytes + header()->e_shoff);
    sections[2].sh_name = 22; /* right behind the names */
    is(&kernel, "- x86_64");
    sections[2].sh_name = UINT32_MAX;
    is(&kernel, "- x86_64");
    sections[2].sh_name = 11;
    sections[2].sh_size = ELF_PART_MAX + 1;
    is(&kernel, "its section __xen_guest has 65537 bytes");
    sections[2].sh_size = ELF_PART_MAX;
    is(&kernel, "it ends before its section __xen_guest");
    header()->e_shstrndx = 3;
    is(&kernel, "- x86_64");
    sections[1].sh_offset = UINT64_MAX;
    header()->e_shstrndx = 1;
    is(&kernel, "it ends before its sections' names");
    header()->e_shnum = ELF_SECTIONS_MAX + 1;
    is(&kernel, "more than the 1024 looked at");
    header()->e_shnum = ELF_SECTIONS_MAX;
    is(&kernel, "it ends before its section headers");
}

/* --- bzImage ------------------------------------------------------------------------------- */

static void bzimages(void **state)
{
    (void)state;
    put_linux(&inner, true, EM_X86_64, true, false);
    put_bzimage(&kernel, 0x20f, inner.bytes, (uint32_t)inner.length);
    is(&kernel, "PV x86_64");
    kernel.length--;
    is(&kernel, "it is cut off or damaged: its compressed kernel should be");
    gzip_kernel(&inner);
    kernel.length = 0;
    put_bzimage(&kernel, 0x208, inner.bytes, (uint32_t)inner.length);
    is(&kernel, "PV x86_64");
    gzip_kernel(&kernel);
    is(&kernel, "PV x86_64");
}

static void boot_headers_have_bounds(void **state)
{
    (void)state;
    put_linux(&inner, true, EM_X86_64, false, true);
    put_bzimage(&kernel, 0x207, inner.bytes, (uint32_t)inner.length);
    is(&kernel, "its boot protocol 2.07 is too old");
    kernel.bytes[0x206] = 0x08;
    is(&kernel, "PVH x86_64");
    memset(kernel.bytes + 0x24C, 0, 4);
    is(&kernel, "should be 0 bytes");
    memset(kernel.bytes + 0x248, 0xff, 8);
    is(&kernel, "should be 4294967295 bytes from byte 4294968319 on");
    kernel.length = 0x250;
    is(&kernel, "should be 4294967295 bytes");
    kernel.length = 0x24f;
    is(&kernel, "it ends in its boot header");
    kernel.length = 0x207;
    is(&kernel, "its boot protocol 0.00 is too old");
    kernel.length = 0x205;
    is(&kernel, "no kernel of a kind that is known");
}

static void no_setup_sectors_are_four(void **state)
{
    static const uint32_t at = 16;

    (void)state;
    put_linux(&inner, true, EM_X86_64, true, false);
    put_bzimage(&kernel, 0x20f, "", 0);
    kernel.bytes[0x1F1] = 0;
    memcpy(kernel.bytes + 0x24C, &inner.length, 4);
    put_zeros(&kernel, 5 * 512 + at);
    put(&kernel, inner.bytes, inner.length);
    is(&kernel, "PV x86_64");
}

/* Whatever is missing, it is never taken for a kernel that says something else. */
static void payload_cut_off(void **state)
{
    (void)state;
    put_linux(&inner, true, EM_X86_64, true, true);
    gzip_kernel(&inner);
    for (uint32_t length = 1; length < inner.length - 8; length++) {
        kernel.length = 0;
        put_bzimage(&kernel, 0x20f, inner.bytes, length);
        struct kernel_layer layer = KERNEL_LAYER_BYTES(kernel.bytes, kernel.length);
        struct kernel_found found;
        kernel_image_look(&layer, &found);
        kernel_layer_free(&layer);
        assert_true(found.known ? found.pv && found.pvh : !found.pv && !found.pvh && found.why);
        kernel_found_free(&found);
    }
}

/* --- EFI programs and Images --------------------------------------------------------------- */

/* A PE file with COUNT sections, the last of which is ".linux" with what is in `inner`. */
static void put_pe(uint16_t count)
{
    static const uint32_t pe = 0x80;
    uint32_t table = pe + 24, length = (uint32_t)inner.length;
    uint32_t at = table + (count + 2u) * 40;

    put_zeros(&kernel, at);
    memcpy(kernel.bytes, "MZ", 2);
    memcpy(kernel.bytes + 0x3C, &pe, 4);
    memcpy(kernel.bytes + pe, "PE\0\0", 4);
    memcpy(kernel.bytes + pe + 6, &count, 2);
    unsigned char *section = kernel.bytes + table + (count - 1u) * 40;
    memcpy(section, ".linux\0", 8);
    memcpy(section + 8, &length, 4);
    memcpy(section + 16, &length, 4);
    memcpy(section + 20, &at, 4);
    put(&kernel, inner.bytes, inner.length);
}

static void unified_kernels(void **state)
{
    (void)state;
    put_linux(&inner, true, EM_X86_64, true, true);
    put_pe(5);
    is(&kernel, "PV+PVH x86_64");
    assert_true(kernel_image_magic(kernel.bytes, kernel.length));
    kernel.length--;
    is(&kernel, "its section .linux should be");
    for (uint16_t count = 95; count <= 97; count++) {
        setup(NULL);
        put_linux(&inner, true, EM_X86_64, true, false);
        put_pe(count);
        /* 96 of them end behind the bytes that are looked at. */
        is(&kernel, count < 97 ? "PV x86_64" : "no kernel of a kind that is known");
    }
}

static void other_efi_programs(void **state)
{
    (void)state;
    put_pe(1);
    memcpy(kernel.bytes + 0x80 + 24, ".text\0\0", 8);
    is(&kernel, "no kernel of a kind that is known");
    assert_false(kernel_image_magic(kernel.bytes, kernel.length));
    memset(kernel.bytes + 0x3C, 0xff, 4);
    is(&kernel, "no kernel of a kind that is known");
    for (size_t length = 0; length <= kernel.length; length++)
        assert_false(kernel_image_magic(kernel.bytes, length));
}

static void images_of_other_machines(void **state)
{
    (void)state;
    put_zeros(&kernel, 64);
    memcpy(kernel.bytes + 56, "ARM\x64", 4);
    is(&kernel, "it is for aarch64");
    memcpy(kernel.bytes + 56, "RSC\x05", 4);
    is(&kernel, "it is for riscv");
    assert_true(kernel_image_magic(kernel.bytes, 60));
    assert_false(kernel_image_magic(kernel.bytes, 59));
    memcpy(kernel.bytes + 56, "ARM\x64", 4);
    gzip_kernel(&kernel);
    is(&kernel, "it is for aarch64");
    inner = kernel;
    kernel.length = 0;
    put_zeros(&kernel, 64);
    const uint32_t place[] = {64, (uint32_t)inner.length};
    memcpy(kernel.bytes, "MZ\0\0zimg", 8);
    memcpy(kernel.bytes + 8, place, sizeof place);
    put(&kernel, inner.bytes, inner.length);
    is(&kernel, "it is an EFI zboot image for aarch64");
    kernel.length = 16;
    is(&kernel, "its compressed kernel should be");
    kernel.length = 15;
    is(&kernel, "it ends in its zboot header");
}

/* --- unpacking ----------------------------------------------------------------------------- */

static void wrapping_has_a_bound(void **state)
{
    (void)state;
    put_linux(&inner, true, EM_X86_64, true, false);
    for (int i = 1; i <= KERNEL_LAYERS_MAX; i++) {
        setup_kernel();
        put_pe(1);
        is(&kernel, i < KERNEL_LAYERS_MAX ? "PV x86_64" : "it is wrapped 6 times and more");
        inner = kernel;
    }
}

static void packed_once_more(void **state)
{
    (void)state;
    put_linux(&kernel, true, EM_X86_64, true, false);
    gzip_kernel(&kernel);
    gzip_kernel(&kernel);
    is(&kernel, "PV x86_64");
}

static void compressions_damaged(void **state)
{
    (void)state;
    put(&kernel, "\x89LZO\0\r\n\x1a\n", 9);
    is(&kernel, "its lzo data is damaged");
    memcpy(kernel.bytes, "\x1f\x8b\x08\0", 4);
    is(&kernel, "its gzip data is damaged");
    memcpy(kernel.bytes, "BZh9", 4);
    is(&kernel, "its bzip2 data is damaged");
}

/* ZEROS zero bytes in gzip; the caller frees. */
static unsigned char *bomb(const void *head, size_t head_length, size_t zeros, size_t *length)
{
    static const unsigned char nothing[64 * 1024];
    size_t room = zeros / 100 + 4096;
    unsigned char *packed = malloc(room);
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)head, .avail_in = (unsigned)head_length};

    z.next_out = packed;
    z.avail_out = (unsigned)room;
    deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_NO_FLUSH);
    for (size_t piece; zeros > 0; zeros -= piece) {
        piece = zeros < sizeof nothing ? zeros : sizeof nothing;
        z.next_in = (unsigned char *)(uintptr_t)nothing;
        z.avail_in = (unsigned)piece;
        deflate(&z, Z_NO_FLUSH);
    }
    deflate(&z, Z_FINISH);
    *length = room - z.avail_out;
    deflateEnd(&z);
    return packed;
}

static void layers_end_at_their_bound(void **state)
{
    const struct packing *gzip = packing_sniff((const unsigned char *)"\x1f\x8b\x08", 3);
    size_t length;
    auto_free unsigned char *packed = bomb("", 0, KERNEL_LAYER_UNPACKED_MAX + 4096, &length);
    struct kernel_layer layer = KERNEL_LAYER_BYTES(packed, length);
    auto_error struct error err = ERROR_INIT;
    unsigned char byte;

    (void)state;
    layer.packing = gzip;
    assert_int_equal(kernel_layer_end(&layer), KERNEL_LAYER_UNPACKED_MAX);
    assert_int_equal(kernel_layer_read(&layer, KERNEL_LAYER_UNPACKED_MAX, &byte, 1, &err), -1);
    assert_non_null(strstr(err.text, "behind the first 256 MiB"));
    assert_int_equal(kernel_layer_read(&layer, KERNEL_LAYER_UNPACKED_MAX - 1, &byte, 2, &err), -1);
    assert_int_equal(kernel_layer_read(&layer, KERNEL_LAYER_UNPACKED_MAX - 1, &byte, 1, &err), 1);
    kernel_layer_free(&layer);
}

/* A kernel whose notes are where nobody unpacks to. */
static void bombs(void **state)
{
    size_t length;

    (void)state;
    put_elf(&kernel, true, EM_X86_64, 1);
    put_segment(&kernel, true, PT_NOTE, 0xf0000000, 16);
    auto_free unsigned char *packed = bomb(kernel.bytes, kernel.length, 1 << 20, &length);
    kernel.length = 0;
    put(&kernel, packed, length);
    is(&kernel, "it is not looked at behind the first 256 MiB");
}

static void passes_have_a_bound(void **state)
{
    struct kernel_layer layer;
    auto_error struct error err = ERROR_INIT;
    unsigned char byte;

    (void)state;
    put_zeros(&kernel, 256 * 1024);
    memcpy(kernel.bytes, "ab", 2);
    gzip_kernel(&kernel);
    layer = KERNEL_LAYER_BYTES(kernel.bytes, kernel.length);
    layer.packing = packing_sniff(kernel.bytes, kernel.length);
    for (int i = 0; i < KERNEL_LAYER_PASSES_MAX; i++) {
        assert_int_equal(kernel_layer_read(&layer, 0, &byte, 1, &err), 1);
        assert_int_equal(byte, 'a');
        assert_int_equal(kernel_layer_read(&layer, 1, &byte, 1, &err), 1);
        assert_int_equal(byte, 'b');
        assert_int_equal(kernel_layer_read(&layer, 256 * 1024 - 1, &byte, 1, &err), 1);
        assert_int_equal(kernel_layer_read(&layer, 256 * 1024, &byte, 1, &err), 0);
    }
    assert_int_equal(kernel_layer_read(&layer, 0, &byte, 1, &err), -1);
    assert_non_null(strstr(err.text, "in an order in which they cannot be unpacked"));
    kernel_layer_free(&layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(elf_kernels, setup),
        cmocka_unit_test_setup(elf_without_notes, setup),
        cmocka_unit_test_setup(elf_cut_off, setup),
        cmocka_unit_test_setup(segments_have_bounds, setup),
        cmocka_unit_test_setup(pieces_of_notes_have_a_bound, setup),
        cmocka_unit_test_setup(bytes_of_notes_have_a_bound, setup),
        cmocka_unit_test_setup(old_guest_section, setup),
        cmocka_unit_test_setup(notes_in_sections, setup),
        cmocka_unit_test_setup(sections_have_bounds, setup),
        cmocka_unit_test_setup(bzimages, setup),
        cmocka_unit_test_setup(boot_headers_have_bounds, setup),
        cmocka_unit_test_setup(no_setup_sectors_are_four, setup),
        cmocka_unit_test_setup(payload_cut_off, setup),
        cmocka_unit_test_setup(unified_kernels, setup),
        cmocka_unit_test_setup(other_efi_programs, setup),
        cmocka_unit_test_setup(images_of_other_machines, setup),
        cmocka_unit_test_setup(wrapping_has_a_bound, setup),
        cmocka_unit_test_setup(packed_once_more, setup),
        cmocka_unit_test_setup(compressions_damaged, setup),
        cmocka_unit_test_setup(layers_end_at_their_bound, setup),
        cmocka_unit_test_setup(bombs, setup),
        cmocka_unit_test_setup(passes_have_a_bound, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
