/* Unified kernel images for tests, made of named sections.
 * Include <cmocka.h> first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_UKI_FIXTURE_H
#define TESTS_UNIT_UKI_FIXTURE_H

#include <stdint.h>
#include <string.h>

#include "common/memory.h"
#include "tests/unit/guest_memory.h"

/* Bytes. */
#define UKI_HEAD    128 /* of DOS; the other begins behind it */
#define UKI_TABLE   (UKI_HEAD + 24 + 240)
#define UKI_SECTION 40
#define UKI_ROOM    256 /* sections that the table has room for */
#define UKI_FIRST   (16 * 1024)
#define UKI_ALIGNED 512
#define UKI_PAGE    4096

#if defined(__aarch64__)
#define UKI_MACHINE 0xAA64
#else
#define UKI_MACHINE 0x8664
#endif

struct uki_image {
    unsigned char *bytes;
    size_t size;
    size_t count;
    uint32_t memory;
};

static inline void uki_put(struct uki_image *image, size_t at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        image->bytes[at + i] = (unsigned char)(value >> (8 * i));
}

static inline struct uki_image uki_new(void)
{
    struct uki_image image = {
        .bytes = xcalloc(1, UKI_FIRST), .size = UKI_FIRST, .memory = UKI_PAGE};

    memcpy(image.bytes, "MZ", 2);
    uki_put(&image, 0x3C, UKI_HEAD, 4);
    memcpy(image.bytes + UKI_HEAD, "PE\0\0", 4);
    uki_put(&image, UKI_HEAD + 4, UKI_MACHINE, 2);
    uki_put(&image, UKI_HEAD + 20, 240, 2);
    uki_put(&image, UKI_HEAD + 24, 0x20B, 2);
    return image;
}

/* Where the head of section INDEX is. */
static inline size_t uki_head(size_t index)
{
    return UKI_TABLE + index * UKI_SECTION;
}

/* Adds a section of LENGTH bytes; in the file it is padded, as linkers do. */
static inline void uki_add(struct uki_image *image, const char *name, const void *bytes,
                           size_t length)
{
    size_t head = uki_head(image->count++), begin = image->size;
    size_t padded = (length + UKI_ALIGNED - 1) / UKI_ALIGNED * UKI_ALIGNED;

    uki_put(image, UKI_HEAD + 6, image->count, 2);
    image->bytes = xreallocarray(image->bytes, begin + padded + 1, 1);
    memset(image->bytes + begin, 'P', padded);
    if (length)
        memcpy(image->bytes + begin, bytes, length);
    image->size += padded;
    memcpy(image->bytes + head, name, strlen(name) < 8 ? strlen(name) : 8);
    uki_put(image, head + 8, length, 4);
    uki_put(image, head + 12, image->memory, 4);
    uki_put(image, head + 16, padded, 4);
    uki_put(image, head + 20, begin, 4);
    image->memory += (uint32_t)((length + UKI_PAGE) / UKI_PAGE * UKI_PAGE);
}

static inline void uki_add_text(struct uki_image *image, const char *name, const char *text)
{
    uki_add(image, name, text, strlen(text));
}

/* The image as a file of VOLUME. */
static inline void uki_write(const struct uki_image *image, struct guest *guest, size_t volume,
                             const char *path)
{
    memory_file_bytes(guest, volume, path, image->bytes, image->size);
}

static inline void uki_free(struct uki_image *image)
{
    free(image->bytes);
    *image = (struct uki_image){.bytes = NULL};
}
#define auto_uki __attribute__((cleanup(uki_free)))

/* A kernel for kernel_magic(), with a word of its own in it. */
#define UKI_KERNEL(word) "\177ELF" word

/* An image with all that most have. */
static inline struct uki_image uki_usual(const char *osrel, const char *cmdline)
{
    struct uki_image image = uki_new();

    uki_add(&image, ".text", "code", 4);
    uki_add_text(&image, ".osrel", osrel);
    uki_add_text(&image, ".cmdline", cmdline);
    uki_add_text(&image, ".uname", "6.1.0");
    uki_add_text(&image, ".initrd", "the ramdisk");
    uki_add_text(&image, ".linux", UKI_KERNEL("usual"));
    return image;
}

#endif
