/* The commands of eliloader, each a function of the program's arguments.
 * All return the exit status, or -1 with ERR set; what goes wrong is printed by main().
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_COMMANDS_H
#define LOADER_COMMANDS_COMMANDS_H

#include "common/error.h"
#include "loader/settings/options.h"

/* A word of the command line, and what it starts. */
struct command_word {
    const char *word; /* NULL: no command word, bootloader mode */
    enum command command;
    int (*function)(const struct settings *settings, struct error *err);
    const char *usage;
    const char *program; /* without the word: what the program itself is called then; or NULL */
};

/* eliloader vm create|set|edit|show|list|remove|reinstall …: SETTINGS holds the options, its
 * operands are the words after "vm". */
int command_vm(const struct settings *settings, struct error *err);

/* eliloader fetch REPOSITORY: round one without a VM. */
int command_fetch(const struct settings *settings, struct error *err);

/* eliloader probe DISK…: what the disks would boot. 3 when nothing does. */
int command_probe(const struct settings *settings, struct error *err);

/* eliloader ls, cat DISK[:VOLUME] PATH…: what is in a guest's directories and files. */
int command_ls(const struct settings *settings, struct error *err);
int command_cat(const struct settings *settings, struct error *err);

/* eliloader identify FILE|URL|DISK: what it is. 1 when it is not known, or damaged. */
int command_identify(const struct settings *settings, struct error *err);

/* eliloader media add|list|check: the tables of installation media. 1 when check finds something
 * wrong. */
int command_media(const struct settings *settings, struct error *err);

/* eliloader cache list|clear|verify: what the host keeps of repositories. 1 when verify finds
 * something damaged. */
int command_cache(const struct settings *settings, struct error *err);

/* eliloader check [VM|DISK|XL.CFG]: all that a start would go through, without doing it. 1 when
 * something failed. */
int command_check(const struct settings *settings, struct error *err);

/* Bootloader mode: the toolstack's own call. */
int command_boot(const struct settings *settings, struct error *err);

/* eliloader extract DISK…: kernel, ramdisk and arguments of what the disks boot, as files. 3 when
 * nothing does. */
int command_extract(const struct settings *settings, struct error *err);

/* Bootloader mode without a VM and a location, for the toolstack's DISKs: see pygrub.c. */
int command_dropin(const struct settings *settings, struct error *err);

/* eliloader domuloader, domUloader: see domuloader.c. */
int command_domuloader(const struct settings *settings, struct error *err);

/* Called as xenpvnetboot: see xenpvnetboot.c. */
int command_pvnetboot(const struct settings *settings, struct error *err);

#endif
