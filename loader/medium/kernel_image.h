/* From a kernel as it lies on a disk or medium to the kernel itself, and what that says of Xen.
 *
 * bzImage (the kernel's Documentation/arch/x86/boot.rst): "HdrS" at 0x202, the protocol's version
 * at 0x206, the number of setup sectors at 0x1F1 (0 means 4), and since 2.08 the compressed
 * kernel's place behind them and its length at 0x248 and 0x24C. The kernel's build puts 4 bytes
 * behind it, the length unpacked, which gzip alone has in its own format.
 * EFI programs (the PE format): a unified kernel image has its bzImage in the section ".linux";
 * a kernel that unpacks itself under EFI ("zimg" at 4, Documentation/admin-guide/efi-stub.rst and
 * drivers/firmware/efi/libstub/zboot-header.S) has place and length at 8 and 12.
 * Image: "ARM\x64" at 56 (Documentation/arch/arm64/booting.rst), "RSC\x05" there for RISC-V.
 * ELF: kernel_elf.h. Each of them, and what they hold, may be compressed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_KERNEL_IMAGE_H
#define LOADER_MEDIUM_KERNEL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/kernel_magic.h"
#include "loader/medium/kernel_bytes.h"

/* Kernels in kernels: an EFI program, its bzImage, what that holds, and that unpacked. */
#define KERNEL_LAYERS_MAX 6
/* Bytes of each that tell what it is. */
#define KERNEL_IMAGE_HEAD 4096

#define KERNEL_TAIL 8

struct kernel_found {
    bool known;       /* false: WHY says what stood in the way */
    bool pv, pvh;     /* it can start as such a guest of Xen */
    const char *arch; /* "x86_64", "i386", "i386 PAE", "aarch64", …; NULL: not known */
    char *why;        /* a sentence without its subject ("it is cut off: …"); owned */
    /* How it is wrapped. */
    enum kernel_form form; /* the last that begins with code which unpacks it: KERNEL_BZIMAGE,
                              KERNEL_ZBOOT; KERNEL_NONE: there is none */
    const struct packing *packing; /* in that; NULL: not at all */
    /* The last bytes of what is packed in that: a bzImage has the size unpacked in the last 4, and
     * gzip a CRC-32 before it (RFC 1952). */
    bool has_tail;
    unsigned char tail[KERNEL_TAIL];
};

/* Is given the kernel itself, an ELF file or an Image, and what is known of it, to be read in any
 * way that kernel_layer_read() allows. 0; or -1 with ERR. */
typedef int kernel_take(void *context, struct kernel_layer *kernel,
                        const struct kernel_found *found, struct error *err);

/* Looks into FILE (KERNEL_LAYER_FD or KERNEL_LAYER_BYTES), which the caller frees. Whatever it is,
 * that is no error. FOUND is freed by kernel_found_free(). */
void kernel_image_look(struct kernel_layer *file, struct kernel_found *found);
/* The same, and TAKE is called with CONTEXT when there is a kernel in it. 1: it was called; 0:
 * there is none; or -1 with TAKE's ERR. */
int kernel_image_unwrap(struct kernel_layer *file, struct kernel_found *found, kernel_take *take,
                        void *context, struct error *err) must_check;
/* Frees WHY, and sets it to NULL. */
void kernel_found_free(struct kernel_found *found);

/* Whether the LENGTH bytes of HEAD (KERNEL_IMAGE_HEAD, or all there are) begin one of those that
 * common/kernel_magic.h does not know: an EFI program that holds a kernel, or RISC-V's Image. */
bool kernel_image_magic(const unsigned char *head, size_t length);

#endif
