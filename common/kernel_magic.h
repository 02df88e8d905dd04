/* Whether bytes are the start of a kernel. Used on what comes from a network and on what
 * stands on a disk.
 *
 * bzImage: the boot sector's 0x55 0xAA at 0x1FE and "HdrS" at 0x202 (the kernel's
 * Documentation/arch/x86/boot.rst). ELF: 0x7F "ELF". gzip: RFC 1952, 0x1F 0x8B and the only
 * method there is, 8; PV kernels of old were gzipped ELF files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_KERNEL_MAGIC_H
#define COMMON_KERNEL_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes from the start of a file that decide it. */
#define KERNEL_HEAD 1024

/* Whether the first LENGTH bytes of a file (KERNEL_HEAD, or all there are) are a kernel's. */
bool kernel_magic(const unsigned char *bytes, size_t length);

#endif
