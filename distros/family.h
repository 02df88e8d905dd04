/* What a family of distributions brings, for the files of this folder only: each family is
 * one file and one line of the table in family.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_FAMILY_H
#define DISTROS_FAMILY_H

#include "distros/distros.h"

/* What a tree says of itself (name, version, architecture) is kept up to this many bytes;
 * the longest real one is below 60. */
#define TREE_FACT_MAX 256

/* The repository that stands for the CD in the VM's first disk. */
#define REPOSITORY_CDROM "cdrom"

/* One call of tree_plan(): what is wanted, who reads, and what has come of it so far. */
struct tree_plan {
    const struct tree_request *request;
    const struct tree_reader *reader;
    struct tree *tree;
    struct buffer text;  /* the metadata file that was read last */
    const char *ramdisk; /* that the request names, without a leading '/'; NULL: none */
    bool decided;        /* the request names the kernel: the family adds no layout */
};

/* How an installer of the family is spoken to. */
struct installer_words {
    const char *method; /* key of the repository argument; NULL: it takes none */
    const char *prefix; /* the names are said once more with this in front; NULL: they are not */
};

struct family {
    struct distro distro;
    /* Reads the tree's metadata, adds layouts in the order to try them (unless the plan is
     * decided), and gives the layouts their checksums. 0, or -1 with ERR. */
    int (*plan)(struct tree_plan *plan, struct error *err);
    /* Changes WORDS, which hold `distro.method` and no prefix, to what this tree's installer
     * understands. NULL: nothing to change. */
    void (*words)(const struct install_arguments *arguments, struct installer_words *words);
    /* As distro_pygrub_boots(). NULL: always. */
    bool (*pygrub_boots)(const char *tree_name, const char *tree_version);
};

extern const struct family redhat_family, suse_family, debian_family, pygrub_family;

/* NULL when there is no such family, or NAME is NULL. */
const struct family *family_find(const char *name);

/* The name by which Red Hat and SUSE know an install-arch: "amd64" is "x86_64" there. */
const char *arch_rpm(const char *arch);
/* The name by which Debian knows it: "x86_64" is "amd64" there. */
const char *arch_deb(const char *arch);

/* Reads PATH of the tree into plan->text. 1: read; 0: not there, or an HTML page, which is
 * what some servers give with status 200 in place of "not found"; -1 with ERR. */
int plan_read(struct tree_plan *plan, const char *path, struct error *err) must_check;

/* Adds a layout. SOURCE says what named it; a leading "./" of a path is dropped. RAMDISK NULL:
 * none is wanted. A ramdisk that the request names stands in for that of every layout. 0; or -1
 * with ERR when a path is not safe (tree_path_fault()) or there are TREE_LAYOUTS_MAX layouts
 * already. */
int plan_add(struct tree_plan *plan, const char *source, const char *kernel, const char *ramdisk,
             struct error *err) must_check;

/* What is wrong with a path that came out of a tree or a record, as the end of a sentence
 * ("leaves the tree"); NULL: it is safe. The rules stand at the top of distros.h. */
const char *tree_path_fault(const char *path);

/* Keeps LENGTH bytes of VALUE in *SLOT as what the tree says of itself: printable (see
 * text_escape_bytes()) and at most TREE_FACT_MAX bytes. An empty VALUE changes nothing. */
void tree_fact(char **slot, const char *value, size_t length);

#endif
