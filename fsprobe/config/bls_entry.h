/* What stands in the files of Boot Loader Specification entries, before anything is made of it.
 *
 * Sources: the UAPI group's Boot Loader Specification (UAPI.1, type 1), and Red Hat's GRUB
 * (grub-core/commands/blscfg.c), which reads the same files by rules of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_BLS_ENTRY_H
#define FSPROBE_CONFIG_BLS_ENTRY_H

#include "fsprobe/config/menu.h"

/* Entries that are read: of more, those whose names come first in the menu's order. */
#define BLS_ENTRIES_MAX 256
/* Names that are looked at in a directory. */
#define BLS_NAMES_MAX 20000
/* Bytes of one entry's file; Fedora's have 300 to 600. */
#define BLS_FILE_MAX (16 * 1024)

/* Whose rules. */
enum bls_reader {
    /* Of a key that stands twice the first line counts, but lines of "options" and "initrd" are
     * joined. */
    BLS_SPECIFICATION,
    /* The same, but the last line counts, and quotes around all of a value go. Names may end in
     * ".CONF", and those that begin with "auto-" are systemd-boot's own. */
    BLS_SYSTEMD_BOOT,
    /* Only "initrd" is joined. A key ends at the first space of its line, or at a tab where there
     * is none, and what is no key with a value (an empty line) ends the file. */
    BLS_GRUB
};

/* What "+LEFT" or "+LEFT-DONE" at the end of a file's name says: how often it may still be tried,
 * and how often it was. */
struct bls_counter {
    bool counted; /* there is one */
    int64_t left, done;
};

/* Reads the counter at the end of NAME, which has no suffix ("arch+2-1"). Returns how long the name
 * is without it. */
size_t bls_counter_read(const char *name, struct bls_counter *counter);
/* Whether there are no tries left. */
bool bls_counter_failed(const struct bls_counter *counter);

/* Texts are NULL where a key is missing; all are owned. */
struct bls_entry {
    char *file; /* its path */
    char *id;   /* the file name without ".conf" */
    char *bare; /* the same without the boot counter */
    struct bls_counter counter;
    char *title, *version, *machine_id, *sort_key, *kernel, *initrd, *options, *architecture;
    char *efi;     /* a program of the firmware's */
    char *uki;     /* a unified kernel image */
    char *uki_url; /* one somewhere on a network */
    char *profile; /* of that image */
    bool read;     /* the file was */
    /* For whoever shows an entry only once: the menu where it is shown; not owned. */
    const void *shown;
};

/* Frees the texts of ENTRY, and zeroes it. */
void bls_entry_clear(struct bls_entry *entry);

/* Best first. Starts zeroed. */
struct bls_list {
    struct bls_entry entries[BLS_ENTRIES_MAX];
    size_t count;
    bool cut; /* there were more */
};

/* The entries of DIRECTORY ("/loader/entries") into LIST, as far as they are not there already, in
 * READER's order of file names: UAPI's of versions, or rpm's of packages. Their files are read;
 * what cannot be read is left out, with a problem. 1 when there is such a directory, 0 when not, -1
 * with ERR. */
int bls_list_read(struct bls_list *list, struct guest *guest, size_t volume, const char *directory,
                  enum bls_reader reader, struct menu *menu, struct error *err) must_check;
/* As bls_list_read() for one entry, whose file is PATH. */
int bls_list_read_file(struct bls_list *list, struct guest *guest, size_t volume, const char *path,
                       enum bls_reader reader, struct menu *menu, struct error *err) must_check;
void bls_list_free(struct bls_list *list);

/* What remains of the specification's order when nothing in the files decides: those that failed
 * last, then the newest name first. */
int bls_compare_names(const struct bls_entry *a, const struct bls_entry *b);

#endif
