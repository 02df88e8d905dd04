/* Whether an entry can be booted here, and what is missing where it cannot.
 *
 * It can when its kernel is there, is a regular file and starts like a kernel, when all of its
 * ramdisks are there, and when its paths and arguments are clean text that a toolstack can be
 * given.
 *
 * What is said of that are sentences for people, each of which names the volume, the configuration
 * and the entry. A given disk always gets the same ones.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CANDIDATE_H
#define FSPROBE_CANDIDATE_H

#include "common/error.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"

enum candidate {
    CANDIDATE_BOOTS,
    CANDIDATE_LOST_KERNEL, /* its kernel is not there */
    CANDIDATE_BAD_KERNEL,  /* it is there, and is no kernel */
    CANDIDATE_NO_RAMDISK,  /* one of its ramdisks is not there */
    CANDIDATE_REFUSED,     /* its own program might boot it: a file of it is where nothing is read
                              here, or its texts are not clean */
};

/* Looks at ENTRY, which stands in a configuration of the volume HOME. When it does not boot, ERR
 * says why, without the entry's name: "/vmlinuz is not there". */
enum candidate candidate_look(struct guest *guest, size_t home, const struct entry *entry,
                              struct error *err);

/* Whether GOES_ON says that a boot program goes on to another entry after the failure CANDIDATE. */
bool candidate_goes_on(enum menu_goes_on goes_on, enum candidate candidate);

/* Whether what is wrong is known in full, so that no volume that cannot be read here may have what
 * is missing. */
bool candidate_is_settled(enum candidate candidate);

/* Whether TEXT can stand in an answer to a toolstack: well-formed UTF-8 without control
 * characters. NULL can. */
bool candidate_is_clean(const char *text);

/* Bytes of a title or a path in such a sentence: what is wrong stands behind it. */
#define VERDICT_SHOWN_MAX 200

/* Why an entry is tried. */
enum verdict_role {
    VERDICT_DEFAULT,
    VERDICT_FIRST, /* of a configuration that names no default */
    VERDICT_NEXT,  /* what the boot program goes on to */
    VERDICT_ASKED, /* somebody asked for it */
    VERDICT_FILE,  /* somebody asked for its kernel */
    VERDICT_GUESS, /* its kernel has a well-known name */
};

/* An entry of a configuration that stands on the volume HOME, and what it is there. */
struct verdict_about {
    const struct guest *guest;
    size_t home;
    enum verdict_role role;
    const struct entry *entry;
};

/* "HOME: the default entry "A" of /boot/grub/grub.cfg cannot be booted: WHY". The caller frees. */
char *verdict_fails(const struct verdict_about *about, const char *why) must_check;
/* That the entry is booted, which is not the default of its configuration. BEFORE: what was said of
 * the default, where that failed; DEFAULT_ENTRY: the default, where another one was asked for;
 * RAMDISK: one that was asked for; each may be NULL. The caller frees; NULL: there is nothing to
 * say, for it is the default. */
char *verdict_boots(const struct verdict_about *about, const char *before,
                    const struct entry *default_entry, const char *ramdisk) must_check;
/* That a kernel is booted by its well-known name. BEFORE as above; NULL: there is no
 * configuration. The caller frees. */
char *verdict_guessed(const struct verdict_about *about, const char *before) must_check;

#endif
