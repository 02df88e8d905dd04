/* The architectures that are known, and what each family of distributions calls them: the one
 * place where they stand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_ARCH_H
#define DISTROS_ARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

/* NAME as install-arch and --arch say it, what Red Hat and SUSE call it, and Debian. Debian's name
 * of one is another than that of everybody else. */
#define ARCHS(FIRST, NEXT)              \
    FIRST("i386", "i386", "i386")       \
    NEXT("x86_64", "x86_64", "amd64")   \
    NEXT("amd64", "x86_64", "amd64")    \
    NEXT("aarch64", "aarch64", "arm64") \
    NEXT("arm64", "aarch64", "arm64")

#define ARCH_NAME_(name, rpm, deb)       name
#define ARCH_COMMA_NAME_(name, rpm, deb) ", " name
/* "i386, x86_64, …", for messages. */
#define ARCH_NAMES ARCHS(ARCH_NAME_, ARCH_COMMA_NAME_)

/* True for a name of the table; false for NULL. */
bool arch_known(const char *name) must_check;

/* The name by which Red Hat and SUSE know NAME: "amd64" is "x86_64" there. What is not known is
 * returned as it is. */
const char *arch_rpm(const char *name) must_check;
/* The name by which Debian knows it: "x86_64" is "amd64" there. */
const char *arch_deb(const char *name) must_check;
/* What Debian's CDs put behind "install." for it: "386", "amd", "a64". What is not known is
 * returned as it is. */
const char *arch_debian_cd(const char *name) must_check;

/* The other architecture that a host of NAME runs too: of "x86_64" and "amd64" it is "i386", and
 * the other way round; NULL: there is none. */
const char *arch_other(const char *name) must_check;

/* Sets of architectures, as bits. Of the LENGTH bytes of WORD, which is an architecture in any
 * spelling (a processor's too: "i586"), its bit; 0 when it is not known. */
unsigned arch_bit(const char *word, size_t length) must_check;
/* The architecture NUMBER, from 0, as rpm calls it; NULL: there are no more. */
const char *arch_at(size_t number) must_check;
/* The likeliest of the set HAS, as rpm calls it: ARCH_DEFAULT, what a host of that runs too, or
 * any; ARCH_DEFAULT as well when the set is empty. */
const char *arch_likeliest(unsigned has) must_check;

/* The likeliest architecture of this host's guests, which is that of dom0 where it is known. */
const char *arch_own(void) must_check;
/* Where nobody says which: of a tree, the largest that this host's guests can be; and of a VM's
 * record, which on x86 was the smaller one before there was another. */
#define ARCH_DEFAULT    arch_default(arch_own())
#define ARCH_DEFAULT_VM arch_default_vm(arch_own())
/* The same for a host of the architecture NAME. */
const char *arch_default(const char *name) must_check;
const char *arch_default_vm(const char *name) must_check;

/* Whether a guest of NAME can run on a host of HOST. What is not known may. */
bool arch_runs(const char *name, const char *host) must_check;

#endif
