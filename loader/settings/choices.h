/* The settings that are one word of a few. The names of each choice, in the order of its values and
 * ended by NULL, are also what completion offers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SETTINGS_CHOICES_H
#define LOADER_SETTINGS_CHOICES_H

#include <stdbool.h>

#include "common/memory.h"

/* Who boots an installed guest: `handoff`, and a record's other-config:boot-handoff. */
enum handoff_choice {
    HANDOFF_AUTO,   /* pygrub where it boots the same entry, else the loader itself */
    HANDOFF_PYGRUB, /* pygrub, always */
    HANDOFF_NATIVE, /* the loader itself, always */
    HANDOFF_GRUB,   /* GRUB, inside the guest, always: nothing here reads the guest's disk */
};
extern const char *const handoff_names[];
/* The choice of that name; false when there is none. */
bool handoff_from_name(const char *name, enum handoff_choice *choice) must_check;

/* What kind of guest a kernel has to start as: `guest-type`. */
enum guest_kind {
    GUEST_UNKNOWN,
    GUEST_PV,
    GUEST_PV32, /* of 32 bits, which matters where GRUB is the kernel */
    GUEST_PVH,
};
extern const char *const guest_kind_names[];
/* The kind of that name; false when there is none. */
bool guest_kind_from_name(const char *name, enum guest_kind *kind) must_check;

/* Where a mirror may send us, beyond public addresses, and private ones from private ones:
 * `allow-redirects-to`. */
enum redirects_choice {
    REDIRECTS_DEFAULT,
    REDIRECTS_PRIVATE, /* to private addresses from anywhere */
    REDIRECTS_ANY,     /* anywhere: this host, any port */
};
extern const char *const redirects_names[];
/* The choice of that name; false when there is none. */
bool redirects_from_name(const char *name, enum redirects_choice *choice) must_check;

/* Whether a packed kernel is handed over unpacked: `unpack-kernel`. */
enum unpack_choice {
    UNPACK_AUTO, /* where this host's domain builder cannot unpack it */
    UNPACK_YES,  /* always */
    UNPACK_NO,   /* never */
};
extern const char *const unpack_names[]; /* of "yes" and "no" there are more spellings */
/* The choice of that name; false when there is none. */
bool unpack_from_name(const char *name, enum unpack_choice *choice) must_check;

/* The form of the answer to the toolstack: `output-format`. */
enum answer_format {
    ANSWER_DEFAULT, /* not chosen: the command's own */
    ANSWER_SIMPLE,  /* lines "kernel PATH", "ramdisk PATH", "args TEXT", an empty line */
    ANSWER_SIMPLE0, /* the same with NUL in place of each newline, for libxl */
    ANSWER_SXP,     /* linux (kernel PATH)(ramdisk PATH)(args "TEXT") */
};
extern const char *const answer_format_names[];
/* The format of that name; false when there is none. */
bool answer_format_from_name(const char *name, enum answer_format *format) must_check;

#endif
