/* One plan for a tree: what is wanted of it, who reads it, and the layouts so far. For the files of
 * this folder only, but for tree_free().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_PLAN_H
#define DISTROS_PLAN_H

#include "distros/distros.h"

struct family;

/* What a tree says of itself (name, version, architecture) is kept up to this many bytes;
 * the longest real one is below 60. */
#define TREE_FACT_MAX 256

/* The repository that stands for the CD in the VM's first disk. */
#define REPOSITORY_CDROM "cdrom"
/* Whether REPOSITORY, which may be NULL, is a CD, by what it is called: the VM's, or the image of
 * one. */
bool repository_is_cd(const char *repository) must_check;

/* One call of tree_plan(): what is wanted, who reads, and what has come of it so far. */
struct tree_plan {
    const struct tree_request *request;
    const struct tree_reader *reader;
    struct tree *tree;
    struct buffer text;  /* the metadata file that was read last */
    const char *ramdisk; /* that the request names, without a leading '/'; NULL: none */
    bool decided;        /* the request names the kernel: the family adds no layout */
};

/* Starts PLAN, which is freed by plan_end(), with an empty TREE, which is the caller's. REQUEST and
 * READER must outlive PLAN. */
void plan_start(struct tree_plan *plan, const struct tree_request *request,
                const struct tree_reader *reader, struct tree *tree);
/* Frees what PLAN itself holds: not TREE. */
void plan_end(struct tree_plan *plan);
#define auto_tree_plan __attribute__((cleanup(plan_end)))

/* Reads PATH of the tree into plan->text. 1: read; 0: not there, or an HTML page, which is
 * what some servers give with status 200 in place of "not found"; -1 with ERR. */
int plan_read(struct tree_plan *plan, const char *path, struct error *err) must_check;

/* Adds a layout. SOURCE says what named it; a leading "./" of a path is dropped. RAMDISK NULL:
 * none is wanted. A ramdisk that the request names stands in for that of every layout. 0; or -1
 * with ERR when a path is not safe (tree_path_fault()) or there are TREE_LAYOUTS_MAX layouts
 * already. */
int plan_add(struct tree_plan *plan, const char *source, const char *kernel, const char *ramdisk,
             struct error *err) must_check;

/* Fills TREE as tree_plan() does, for FAMILY, whatever family REQUEST names. 0; or -1 with ERR, and
 * TREE is empty. */
int plan_family(const struct family *family, const struct tree_request *request,
                const struct tree_reader *reader, struct tree *tree, struct error *err) must_check;

/* What is wrong with a path that came out of a tree or a record, as the end of a sentence
 * ("leaves the tree"); NULL: it is safe. The rules stand at the top of distros.h. */
const char *tree_path_fault(const char *path);

/* Frees what TREE holds, and zeroes it. */
void tree_free(struct tree *tree);
#define auto_tree __attribute__((cleanup(tree_free)))

/* Keeps LENGTH bytes of VALUE in *SLOT as what the tree says of itself: printable (see
 * text_escape_bytes()) and at most TREE_FACT_MAX bytes. An empty VALUE changes nothing. */
void tree_fact(char **slot, const char *value, size_t length);

#endif
