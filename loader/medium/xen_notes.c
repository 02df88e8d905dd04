/* Xen's ELF notes. See xen_notes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/medium/xen_notes.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* xen/include/public/elfnote.h */
enum {
    NOTE_ENTRY = 1,
    NOTE_XEN_VERSION = 5,
    NOTE_GUEST_OS = 6,
    NOTE_LOADER = 8,
    NOTE_PAE_MODE = 9,
    NOTE_PHYS32_ENTRY = 18,
};
#define NOTE_HEAD 12

static bool starts(const char *value, size_t length, const char *with)
{
    return length >= strlen(with) && memcmp(value, with, strlen(with)) == 0;
}

/* "yes", "bimodal", and with more behind: "yes[extended-cr3]". */
static bool says_pae(const char *value, size_t length)
{
    return starts(value, length, "yes") || starts(value, length, "bimodal");
}

static void take_note(struct xen_notes *xen, uint32_t type, const char *value, size_t length)
{
    xen->any = true;
    switch (type) {
    case NOTE_ENTRY:
        xen->entry = true;
        break;
    case NOTE_XEN_VERSION:
        xen->version = starts(value, length, "xen-3.0");
        break;
    case NOTE_GUEST_OS:
        xen->of_linux = starts(value, length, "linux");
        break;
    case NOTE_LOADER:
        xen->generic = starts(value, length, "generic");
        break;
    case NOTE_PAE_MODE:
        xen->pae = says_pae(value, length);
        break;
    case NOTE_PHYS32_ENTRY:
        xen->phys32_entry = true;
        break;
    default:
        break;
    }
}

static uint32_t word_at(const unsigned char *bytes)
{
    uint32_t word;

    memcpy(&word, bytes, sizeof word);
    return le32toh(word);
}

/* LENGTH with its padding, or all that is LEFT: the last note may lack it. */
static size_t padded(uint32_t length, size_t left)
{
    uint64_t whole = ((uint64_t)length + 3) & ~UINT64_C(3);

    return whole < left ? (size_t)whole : left;
}

int xen_notes_add(struct xen_notes *xen, const unsigned char *notes, size_t length,
                  struct error *err)
{
    while (length >= NOTE_HEAD) {
        uint32_t name_length = word_at(notes), value_length = word_at(notes + 4);
        const unsigned char *name = notes + NOTE_HEAD;
        size_t left = length - NOTE_HEAD;

        if (name_length > left)
            return error_set(err, ERROR_INVALID_SOURCE,
                             "its ELF notes are damaged: a name is longer than all of them");
        const unsigned char *value = name + padded(name_length, left);
        left -= padded(name_length, left);
        /* GRUB's own kernel for PV has a last note that claims more than there is; Xen takes it. */
        if (value_length > left)
            value_length = (uint32_t)left;
        if (name_length == sizeof "Xen" && memcmp(name, "Xen", sizeof "Xen") == 0)
            take_note(xen, word_at(notes + 8), (const char *)value, value_length);
        notes = value + padded(value_length, left);
        length = left - padded(value_length, left);
    }
    return 0;
}

static void take_pair(struct xen_notes *xen, const char *pair, size_t length)
{
    static const struct {
        const char *key;
        uint32_t type;
    } keys[] = {{"XEN_VER=", NOTE_XEN_VERSION},
                {"GUEST_OS=", NOTE_GUEST_OS},
                {"LOADER=", NOTE_LOADER},
                {"VIRT_ENTRY=", NOTE_ENTRY},
                {"PAE=", NOTE_PAE_MODE}};

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        if (starts(pair, length, keys[i].key))
            take_note(xen, keys[i].type, pair + strlen(keys[i].key), length - strlen(keys[i].key));
}

void xen_notes_add_text(struct xen_notes *xen, const char *text, size_t length)
{
    length = strnlen(text, length);
    xen->any = true;
    /* Such kernels are PV kernels, and nothing else; many begin at the ELF header's entry. */
    xen->entry = true;
    while (length > 0) {
        const char *comma = memchr(text, ',', length);
        size_t pair = comma ? (size_t)(comma - text) : length;

        take_pair(xen, text, pair);
        pair += comma ? 1 : 0;
        text += pair;
        length -= pair;
    }
}

bool xen_notes_pv(const struct xen_notes *xen)
{
    return xen->version && (xen->generic || xen->of_linux) &&
           (xen->entry || (!xen->of_linux && !xen->phys32_entry));
}

bool xen_notes_pvh(const struct xen_notes *xen)
{
    return xen->phys32_entry;
}
