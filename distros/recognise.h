/* Which family a tree is of, by what it says of itself. By which of its files a family is known,
 * the family's own file says (`recognise` of family.h). The families are asked in the order of
 * their table, and the first that says yes is the one.
 *
 * A Debian mirror holds many releases, and nothing that lists them. When neither the request nor
 * the URL names one, "stable" is looked at, which every mirror of Debian has, and then "devel",
 * which every mirror of Ubuntu has.
 *
 * Without I/O, as all of this folder; see distros.h for what holds of a tree's texts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_RECOGNISE_H
#define DISTROS_RECOGNISE_H

#include "distros/distros.h"

/* The family that stands for "the one that is recognised". */
#define RECOGNISE_AUTO "auto"

/* What is known of the tree beforehand. Strings belong to the caller. */
struct recognise_request {
    const char *family;     /* looked at first; NULL: none is. The others in their order */
    const char *arch;       /* NULL: ARCH_DEFAULT, or what the tree has where that is another */
    const char *release;    /* debian-release, or NULL */
    const char *repository; /* as of struct tree_request */
};

/* What was recognised. Starts zeroed. */
struct recognised {
    const char *family;   /* "rhlike", "sleslike", "debianlike"; NULL: none. Not owned */
    char *metadata;       /* the file that says so */
    char *release;        /* debianlike: the release that was looked at */
    bool release_assumed; /* nobody named it */
    char *codename;       /* debianlike: what the tree calls itself; or NULL */
    const char *arch;     /* an install-arch, with which TREE was planned. Not owned */
    struct tree tree;     /* as tree_plan() gives it for FAMILY, its facts complete */
};

/* Fills RECOGNISED. 0, also when the tree is of no family that is known; or -1 with ERR, when a
 * file of it cannot be read, or says something that no tree may. RECOGNISED is empty then. The
 * caller frees with recognised_free(). */
int tree_recognise(const struct recognise_request *request, const struct tree_reader *reader,
                   struct recognised *recognised, struct error *err) must_check;
void recognised_free(struct recognised *recognised);
#define auto_recognised __attribute__((cleanup(recognised_free)))

#endif
