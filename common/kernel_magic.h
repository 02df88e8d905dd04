/* Whether bytes are the start of a kernel, and in which form it is. Used on what comes from a
 * network and on what stands on a disk.
 *
 * bzImage: the boot sector's 0x55 0xAA at 0x1FE and "HdrS" at 0x202 (the kernel's
 * Documentation/arch/x86/boot.rst). ELF: 0x7F "ELF". gzip: RFC 1952, 0x1F 0x8B and the only
 * method there is, 8; PV kernels of old were gzipped ELF files, and kernels for arm64 are often
 * gzipped Images. Image: "ARM\x64" at 56 (Documentation/arch/arm64/booting.rst). zboot: "MZ", and
 * "zimg" at 4 (drivers/firmware/efi/libstub/zboot-header.S): an Image that is compressed in an EFI
 * program, which firmware starts and no domain builder does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_KERNEL_MAGIC_H
#define COMMON_KERNEL_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes from the start of a file that decide it. */
#define KERNEL_HEAD 1024

enum kernel_form {
    KERNEL_NONE, /* it is no kernel */
    KERNEL_BZIMAGE,
    KERNEL_ELF,
    KERNEL_GZIP, /* something in gzip, which may be a kernel */
    KERNEL_IMAGE,
    KERNEL_ZBOOT,
};
/* All of them, for the end of "it is none of …". */
#define KERNEL_FORMS "bzImage, ELF, gzip, arm64 Image and EFI zboot"

/* What the first LENGTH bytes of a file (KERNEL_HEAD, or all there are) are the start of. */
enum kernel_form kernel_form(const unsigned char *bytes, size_t length);

/* Whether they are a kernel's. */
bool kernel_magic(const unsigned char *bytes, size_t length);

#endif
