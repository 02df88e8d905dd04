/* The text that LVM2 keeps its metadata in: sections, numbers, texts and lists. Takes bytes, does
 * no I/O.
 *
 *     vg0 {                         # a section
 *         seqno = 2                 # a number
 *         status = ["READ"]         # a list; of numbers and texts
 *     }
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_DISK_LVM_TEXT_H
#define FSPROBE_DISK_LVM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

#define LVM_TEXT_MAX  (1024 * 1024) /* bytes; real ones have some thousand */
#define LVM_DEPTH_MAX 8             /* sections inside one another */
#define LVM_NAME_MAX  127           /* bytes of a name */
#define LVM_NODES_MAX (32 * 1024)   /* of one text; a multiple of 256; 1000 volumes have 20,000 */

enum lvm_kind { LVM_SECTION, LVM_NUMBER, LVM_TEXT, LVM_LIST };

/* Something in the text. Items of a list have no name. */
struct lvm_node {
    const char *name;
    enum lvm_kind kind;
    uint64_t number;              /* a negative one is none: those that are read never are */
    const char *text;             /* of a text */
    const struct lvm_node *inner; /* of a section or a list: the first; NULL: none */
    const struct lvm_node *next;  /* in the same section or list */
};

/* A whole text, read. Starts zeroed. */
struct lvm_text {
    char *bytes; /* names and texts point into it */
    size_t length;
    struct lvm_node **blocks;
    size_t block_count, used;
    const struct lvm_node *first; /* of what stands in no section */
};

/* Reads LENGTH bytes, LVM_TEXT_MAX at most; TEXT must be zeroed. 0; or -1 with ERR, which names the
 * line. The caller frees in both cases. */
int lvm_text_parse(const char *bytes, size_t length, struct lvm_text *text,
                   struct error *err) must_check;
/* Bytes of memory that it takes. */
size_t lvm_text_memory(const struct lvm_text *text) must_check;
void lvm_text_free(struct lvm_text *text);
#define auto_lvm_text __attribute__((cleanup(lvm_text_free)))

/* The node called NAME among FIRST and those behind it, when it is of that KIND; else NULL. */
const struct lvm_node *lvm_find(const struct lvm_node *first, const char *name, enum lvm_kind kind);
/* The number NAME, when it is between MIN and MAX. */
bool lvm_number(const struct lvm_node *first, const char *name, uint64_t min, uint64_t max,
                uint64_t *number) must_check;
/* The text NAME; NULL: there is none. */
const char *lvm_string(const struct lvm_node *first, const char *name);
/* Whether the list NAME has the text TEXT. */
bool lvm_has(const struct lvm_node *first, const char *name, const char *text);

#endif
