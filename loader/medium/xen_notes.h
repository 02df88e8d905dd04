/* What a kernel says to Xen: its ELF notes, or the text that old ones have instead.
 *
 * Notes (the ELF specification): name's length, value's length and type, 4 bytes each, then both,
 * each padded to 4 bytes. Those of the name "Xen", and the keys of the old text, are of Xen's
 * public headers xen/include/public/elfnote.h and of its document misc/xen-pv-text of old kernels'
 * "__xen_guest": KEY=VALUE,KEY,… What makes a PV guest of a kernel is what Xen's domain builder
 * asks for (tools/libs, libelf-dominfo): XEN_VERSION "xen-3.0", and LOADER "generic" or GUEST_OS
 * "linux". Linux says that much also where it was built for HVM guests alone: there, ENTRY tells.
 * A PVH guest needs PHYS32_ENTRY and nothing else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_XEN_NOTES_H
#define LOADER_MEDIUM_XEN_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"

/* All that was said so far; starts zeroed. */
struct xen_notes {
    bool any; /* there is something for Xen */
    bool version, generic, of_linux, entry, phys32_entry, pae;
};

/* Adds the notes of the LENGTH bytes at NOTES (little-endian). 0; or -1 with ERR when they are
 * damaged. */
int xen_notes_add(struct xen_notes *xen, const unsigned char *notes, size_t length,
                  struct error *err) must_check;

/* Adds the old text: LENGTH bytes, up to its first NUL. */
void xen_notes_add_text(struct xen_notes *xen, const char *text, size_t length);

/* Whether a kernel that said XEN can start as a PV guest. */
bool xen_notes_pv(const struct xen_notes *xen);
/* The same for a PVH guest. */
bool xen_notes_pvh(const struct xen_notes *xen);

#endif
