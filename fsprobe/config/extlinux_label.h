/* One label of an extlinux configuration, and the kernel, arguments and ramdisks it means.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_EXTLINUX_LABEL_H
#define FSPROBE_CONFIG_EXTLINUX_LABEL_H

#include "fsprobe/config/menu.h"

/* How a label's file is to be booted. */
enum label_kind { KIND_KERNEL, KIND_LINUX, KIND_COM32, KIND_OTHER };

/* A label as it is read; the texts are NULL where the line is missing, and owned. */
struct label {
    char *name, *title;
    enum label_kind kind;
    char *kernel; /* with the arguments that stand behind it */
    char *append, *initrd;
    bool is_default;
};

/* Where the labels stand. Owns nothing. */
struct label_place {
    struct menu *menu; /* for problems */
    size_t volume;
    const char *path, *directory; /* of the first file of the configuration */
};

/* Frees the texts of LABEL, and zeroes it. */
void label_clear(struct label *label);

/* True when the first word of KERNEL ends in that name, in any case ("mboot.c32"). */
bool label_is_module(const char *kernel, const char *module);

/* True when the suffix of the first word of KERNEL says that it is no Linux. (Those of
 * Syslinux' other variants, ".0", ".bin" and ".img", are left to the check of the file itself:
 * "vmlinuz-3.2.0" is a kernel.) */
bool label_is_foreign(const char *kernel);

/* Puts kernel, arguments, ramdisks and hypervisor of LABEL into ENTRY. APPEND is the global
 * one, for a label that has none of its own; or NULL. False when it boots no Linux. */
bool label_fill(const struct label_place *place, const struct label *label, const char *append,
                struct entry *entry) must_check;

#endif
