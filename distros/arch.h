/* The architectures that are known: one line for each name of one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_ARCH_H
#define DISTROS_ARCH_H

#include <stdbool.h>

#include "common/memory.h"

/* NAME as install-arch and --arch say it, what Red Hat and SUSE call it, and Debian. Debian's name
 * of one is another than that of everybody else. */
#define ARCHS(FIRST, NEXT)            \
    FIRST("i386", "i386", "i386")     \
    NEXT("x86_64", "x86_64", "amd64") \
    NEXT("amd64", "x86_64", "amd64")

#define ARCH_NAME_(name, rpm, deb)       name
#define ARCH_COMMA_NAME_(name, rpm, deb) ", " name
/* "i386, x86_64, amd64", for messages. */
#define ARCH_NAMES ARCHS(ARCH_NAME_, ARCH_COMMA_NAME_)

/* Where nobody says which: of a tree; and of a VM's record, which was so before there was another
 * one. */
#define ARCH_DEFAULT    "x86_64"
#define ARCH_DEFAULT_VM "i386"

/* True for a name of the table; false for NULL. */
bool arch_known(const char *name) must_check;

/* The name by which Red Hat and SUSE know NAME: "amd64" is "x86_64" there. What is not known is
 * returned as it is. */
const char *arch_rpm(const char *name) must_check;
/* The name by which Debian knows it: "x86_64" is "amd64" there. */
const char *arch_deb(const char *name) must_check;

/* The other architecture that a host of NAME runs too: of "x86_64" and "amd64" it is "i386", of all
 * others "x86_64". */
const char *arch_other(const char *name) must_check;

/* The likeliest architecture of this host's guests, which is that of dom0 where it is known. */
const char *arch_own(void) must_check;

#endif
