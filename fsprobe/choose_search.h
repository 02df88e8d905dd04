/* The search for what a guest boots, as far as the ways of choosing share it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CHOOSE_SEARCH_H
#define FSPROBE_CHOOSE_SEARCH_H

#include "fsprobe/candidate.h"
#include "fsprobe/choose.h"

struct choose_search {
    struct guest *guest;
    const struct choose_request *request;
    struct choice *choice;
    size_t order[GUEST_VOLUMES_MAX]; /* of the volumes that are asked */
    size_t count;
    bool configured; /* there is a boot configuration */
    bool decided;    /* one says something, or what was asked for is there: no other is asked */
    char *failure;   /* why that boots nothing; owned */
    char *silent;    /* a sentence of the first one that says nothing at all; owned */
};

/* What people know VOLUME by. */
const char *search_where(const struct choose_search *search, size_t volume);

/* WHY (taken) nothing boots, which is a problem, too; the first one that is said counts. */
void search_fail(struct choose_search *search, char *why);
/* Entry INDEX of all is booted; INSTEAD (taken, may be NULL) says that it is no default. */
void search_succeed(struct choose_search *search, size_t index, char *instead);

/* Takes the problems of a configuration over, each with the volume's name. (Errors of a filesystem
 * name it already.) */
void search_take_problems(struct choose_search *search, size_t volume, struct menu *menu);
/* Moves the entries of MENU behind those that are there. Returns the index of the first; those for
 * which there is no room stay where they are. */
size_t search_take_entries(struct choose_search *search, struct menu *menu);

/* Looks at ABOUT's entry, ENTRY, with the ramdisk that was asked for in the place of its own. What
 * it is; where that is no boot, *WHY is a sentence, which the caller frees; else NULL. */
enum candidate search_look(struct choose_search *search, const struct verdict_about *about,
                           struct entry *entry, char **why) must_check;

/* The entry that was asked for, INDEX of all, in a configuration of the volume HOME, whose default
 * is DEFAULT_ENTRY, or NULL: it is booted, or nothing is. */
void search_try_asked(struct choose_search *search, size_t home, enum verdict_role role,
                      size_t index, const struct entry *default_entry);

#endif
