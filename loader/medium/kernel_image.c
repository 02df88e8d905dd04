/* Kernels, unwrapped. See kernel_image.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/kernel_image.h"

#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/kernel_magic.h"
#include "common/memory.h"
#include "loader/medium/kernel_elf.h"
#include "loader/medium/little_endian.h"

#define SECTOR 512
/* boot.rst */
#define SETUP_SECTS_AT    0x1F1
#define VERSION_AT        0x206
#define PAYLOAD_AT        0x248
#define PAYLOAD_LENGTH_AT 0x24C
#define BZIMAGE_HEAD      0x250
#define VERSION_PAYLOAD   0x208
/* The build's own copy of the length unpacked. */
#define SIZE_BEHIND 4
/* PE */
#define PE_AT           0x3C
#define PE_HEAD         24
#define PE_SECTION      40
#define PE_SECTIONS_MAX 96 /* as the format's specification has it */
#define ZBOOT_AT        8
#define IMAGE_MAGIC_AT  56

/* A part of what is looked at. */
struct part {
    uint64_t at, length;
};

struct looking {
    struct kernel_layer *layers[KERNEL_LAYERS_MAX]; /* the first one is the caller's */
    size_t depth;
    bool size_behind; /* the topmost one is a bzImage's payload */
    bool reached;     /* the topmost one is the kernel itself */
    struct kernel_found *found;
};

static bool has(const unsigned char *head, size_t length, size_t at, const char *magic, size_t size)
{
    return length >= at + size && memcmp(head + at, magic, size) == 0;
}

/* --- what is looked for in a head -------------------------------------------------------- */

static const char *image_arch(const unsigned char *head, size_t length)
{
    if (kernel_form(head, length) == KERNEL_IMAGE)
        return "aarch64";
    return has(head, length, IMAGE_MAGIC_AT, "RSC\x05", 4) ? "riscv" : NULL;
}

/* Where the section table of an EFI program begins, and how many sections it has; false when HEAD
 * is none. */
static bool pe_sections(const unsigned char *head, size_t length, size_t *table, size_t *count)
{
    if (!has(head, length, 0, "MZ", 2) || length < PE_AT + 4)
        return false;
    size_t at = word(head + PE_AT);
    if (at > KERNEL_IMAGE_HEAD || !has(head, length, at, "PE\0\0", 4) || length < at + PE_HEAD)
        return false;
    *count = half(head + at + 6);
    *table = at + PE_HEAD + half(head + at + 20);
    return *count <= PE_SECTIONS_MAX;
}

/* The section ".linux". False: there is none. */
static bool find_linux(const unsigned char *head, size_t length, struct part *part)
{
    size_t table, count;

    if (!pe_sections(head, length, &table, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t at = table + i * PE_SECTION;

        if (at + PE_SECTION > length)
            return false;
        if (memcmp(head + at, ".linux\0", 8) != 0)
            continue;
        uint32_t in_memory = word(head + at + 8), in_file = word(head + at + 16);
        part->length = in_memory && in_memory < in_file ? in_memory : in_file;
        part->at = word(head + at + 20);
        return true;
    }
    return false;
}

bool kernel_image_magic(const unsigned char *head, size_t length)
{
    struct part part;

    return image_arch(head, length) || find_linux(head, length, &part);
}

/* --- going in ---------------------------------------------------------------------------- */

static struct kernel_layer *top(const struct looking *l)
{
    return l->layers[l->depth - 1];
}

static int push(struct looking *l, const struct part *part, const struct packing *packing,
                struct error *err)
{
    if (l->depth == KERNEL_LAYERS_MAX)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "it is wrapped %d times and more, which is too often", KERNEL_LAYERS_MAX);
    struct kernel_layer *layer = xcalloc(1, sizeof *layer);
    *layer = (struct kernel_layer){
        .below = top(l), .fd = -1, .start = part->at, .length = part->length, .packing = packing};
    l->layers[l->depth++] = layer;
    return 0;
}

/* WHAT ("its kernel") lies at PART of the topmost layer. */
static int enter_part(struct looking *l, const struct part *part, const char *what,
                      struct error *err)
{
    uint64_t end = kernel_layer_end(top(l));

    if (part->length == 0 || part->at > end || part->length > end - part->at)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "it is cut off or damaged: %s should be %llu bytes from byte %llu on, but "
                         "it ends at byte %llu",
                         what, (unsigned long long)part->length, (unsigned long long)part->at,
                         (unsigned long long)end);
    return push(l, part, NULL, err);
}

/* Of the topmost layer, LENGTH bytes. */
static int take_tail(struct looking *l, uint64_t length, struct error *err)
{
    l->found->has_tail = length >= KERNEL_TAIL;
    if (!l->found->has_tail)
        return 0;
    return kernel_layer_read_whole(top(l), length - KERNEL_TAIL, l->found->tail, KERNEL_TAIL,
                                   "its compressed kernel's end", err);
}

static int enter_bzimage(struct looking *l, const unsigned char *head, size_t length,
                         struct error *err)
{
    unsigned version = length >= VERSION_AT + 2 ? half(head + VERSION_AT) : 0;

    if (version < VERSION_PAYLOAD)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "its boot protocol %u.%02u is too old to say where its kernel is",
                         version >> 8, version & 0xFF);
    if (length < BZIMAGE_HEAD)
        return error_set(err, ERROR_INVALID_SOURCE, "it is cut off: it ends in its boot header");
    unsigned sectors = head[SETUP_SECTS_AT] ? head[SETUP_SECTS_AT] : 4;
    const struct part part = {(uint64_t)(sectors + 1) * SECTOR + word(head + PAYLOAD_AT),
                              word(head + PAYLOAD_LENGTH_AT)};
    if (enter_part(l, &part, "its compressed kernel", err) < 0)
        return -1;
    l->size_behind = true;
    l->found->form = KERNEL_BZIMAGE;
    l->found->packing = NULL;
    return take_tail(l, part.length, err);
}

static int enter_zboot(struct looking *l, const unsigned char *head, size_t length,
                       struct error *err)
{
    if (length < ZBOOT_AT + 8)
        return error_set(err, ERROR_INVALID_SOURCE, "it is cut off: it ends in its zboot header");
    const struct part part = {word(head + ZBOOT_AT), word(head + ZBOOT_AT + 4)};
    l->found->form = KERNEL_ZBOOT;
    l->found->packing = NULL;
    return enter_part(l, &part, "its compressed kernel", err) < 0 ? -1
                                                                  : take_tail(l, part.length, err);
}

static int enter_packed(struct looking *l, const struct packing *packing, struct error *err)
{
    struct part part = {0, kernel_layer_end(top(l))};

    if (l->size_behind && strcmp(packing->name, "gzip") != 0)
        part.length -= part.length > SIZE_BEHIND ? SIZE_BEHIND : 0;
    l->size_behind = false;
    l->found->packing = packing;
    return push(l, &part, packing, err);
}

/* --- what it is -------------------------------------------------------------------------- */

static int no_x86(struct looking *l, const char *arch, struct error *err)
{
    l->found->arch = arch;
    if (!arch)
        return error_set(err, ERROR_INVALID_SOURCE, "it is for a machine that is not known");
    if (l->found->form == KERNEL_ZBOOT)
        return error_set(err, ERROR_INVALID_SOURCE,
                         "it is an EFI zboot image for %s, which firmware unpacks and no domain "
                         "builder does (the setting unpack-kernel is for that)",
                         arch);
    return error_set(err, ERROR_INVALID_SOURCE,
                     "it is for %s, and PV and PVH are ways in which guests start on x86", arch);
}

static int read_elf(struct looking *l, struct error *err)
{
    struct kernel_elf elf;

    if (kernel_elf_read(top(l), &elf, err) < 0)
        return -1;
    l->reached = true;
    if (!elf.x86)
        return no_x86(l, elf.arch, err);
    l->found->known = true;
    l->found->pv = xen_notes_pv(&elf.xen);
    l->found->pvh = xen_notes_pvh(&elf.xen);
    l->found->arch = strcmp(elf.arch, "i386") == 0 && elf.xen.pae ? "i386 PAE" : elf.arch;
    return 0;
}

/* One layer. 1: there is another one in it; 0: this was the kernel; or -1 with ERR. */
static int look_at_top(struct looking *l, struct error *err)
{
    unsigned char head[KERNEL_IMAGE_HEAD];
    ssize_t got = kernel_layer_read(top(l), 0, head, sizeof head, err);
    const struct packing *packing;
    struct part part;

    if (got < 0)
        return -1;
    size_t length = (size_t)got;
    enum kernel_form form = kernel_form(head, length);
    if (form == KERNEL_ELF)
        return read_elf(l, err);
    if (form == KERNEL_BZIMAGE)
        return enter_bzimage(l, head, length, err) < 0 ? -1 : 1;
    if (form == KERNEL_ZBOOT)
        return enter_zboot(l, head, length, err) < 0 ? -1 : 1;
    if (image_arch(head, length)) {
        l->reached = true;
        return no_x86(l, image_arch(head, length), err);
    }
    if (find_linux(head, length, &part))
        return enter_part(l, &part, "its section .linux", err) < 0 ? -1 : 1;
    if ((packing = packing_sniff(head, length)))
        return enter_packed(l, packing, err) < 0 ? -1 : 1;
    return error_set(err, ERROR_INVALID_SOURCE,
                     length ? "it is no kernel of a kind that is known" : "it is empty");
}

static void leave(struct looking *l)
{
    while (l->depth > 1) {
        struct kernel_layer *layer = l->layers[--l->depth];

        kernel_layer_free(layer);
        free(layer);
    }
}

int kernel_image_unwrap(struct kernel_layer *file, struct kernel_found *found, kernel_take *take,
                        void *context, struct error *err)
{
    struct looking l = {.layers = {file}, .depth = 1, .found = found};
    auto_error struct error why = ERROR_INIT;
    int more, result = 0;

    *found = (struct kernel_found){.known = false};
    while ((more = look_at_top(&l, &why)) > 0)
        ;
    if (more < 0) {
        found->why = why.text;
        why.text = NULL;
    }
    if (l.reached)
        result = take(context, top(&l), found, err) < 0 ? -1 : 1;
    leave(&l);
    return result;
}

static int take_nothing(void *context, struct kernel_layer *kernel,
                        const struct kernel_found *found, struct error *err)
{
    (void)context, (void)kernel, (void)found, (void)err;
    return 0;
}

void kernel_image_look(struct kernel_layer *file, struct kernel_found *found)
{
    auto_error struct error err = ERROR_INIT;

    (void)!kernel_image_unwrap(file, found, take_nothing, NULL, &err);
}

void kernel_found_free(struct kernel_found *found)
{
    free(found->why);
    *found = (struct kernel_found){.known = false};
}
