/* A kernel that is an ELF file: where it says what of itself.
 *
 * The ELF headers (the System V ABI, "Object Files"), of 32 and 64 bits, little-endian. Notes are
 * looked for as Xen's domain builder does: in the segments PT_NOTE, where there are none in the
 * sections SHT_NOTE, and where none is Xen's, the old text in the section "__xen_guest".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_KERNEL_ELF_H
#define LOADER_MEDIUM_KERNEL_ELF_H

#include "loader/medium/kernel_bytes.h"
#include "loader/medium/xen_notes.h"

/* What is looked at. Kernels have 5 segments and 40 sections; with every function in a section of
 * its own they are linked into few again. */
#define ELF_SEGMENTS_MAX 128
#define ELF_SECTIONS_MAX 1024
/* Segments or sections of notes, and bytes of one, and of the sections' names. */
#define ELF_NOTES_MAX 16
#define ELF_PART_MAX  (64 * 1024)

struct kernel_elf {
    const char *arch; /* "x86_64", "i386", "aarch64", …; NULL: none that is known */
    bool x86;
    struct xen_notes xen;
};

/* Reads the ELF file that LAYER is. 0; or -1 with ERR ("it is cut off …"). */
int kernel_elf_read(struct kernel_layer *layer, struct kernel_elf *elf,
                    struct error *err) must_check;

#endif
