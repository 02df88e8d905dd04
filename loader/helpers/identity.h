/* What a repository or a file is, as the helper `fetch` or `medium` answered it, checked. A member
 * that is not there, or has another shape than the contract gives it, is not known. Texts are as
 * they came: whoever shows them escapes them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_IDENTITY_H
#define LOADER_HELPERS_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/memory.h"

/* Problems of one answer that are kept; the others are dropped. */
#define IDENTITY_PROBLEMS_MAX 256

/* Whether a kernel can run as a Xen guest. */
struct kernel_support {
    bool known;    /* false: it could not be unpacked, or is of a kind that is not known */
    bool pv, pvh;  /* it can start as such a guest */
    char arch[16]; /* "x86_64", "i386", "i386 PAE", "aarch64", …; "" when not known */
    char *why;     /* where not KNOWN: a sentence without its subject ("it is cut off"); owned */
};
#define KERNEL_SUPPORT_INIT \
    (struct kernel_support) \
    {                       \
        .known = false      \
    }
void kernel_support_free(struct kernel_support *support);
#define auto_kernel_support __attribute__((cleanup(kernel_support_free)))

/* Something that may have been said to be so, or not to be so. */
enum said { SAID_NOTHING, SAID_NO, SAID_YES };

/* A kernel or a ramdisk. Strings belong to the identity; what is not known is NULL, or empty. */
struct identity_file {
    bool there;
    bool has_size;
    uint64_t size; /* bytes */
    const char *url, *path, *verified, *compression, *content;
    char md5[33], sha256[65]; /* lower-case hex */
};

/* What a tree says of itself. */
struct identity_tree {
    bool known; /* as one of a family that there is */
    const char *family, *name, *version, *arch, *metadata, *release, *codename;
    enum said release_assumed;
};

/* What an image's own descriptors say. */
struct identity_iso {
    bool there;
    const char *label;
    char md5[33]; /* that was implanted; lower-case hex */
    enum said verified;
};

/* The whole answer. Starts as IDENTITY_INIT; owned, freed by identity_free(). */
struct identity {
    const char *kind, *layout;
    struct identity_file self; /* the file itself: its size, and, of a ramdisk or a kernel, all */
    struct identity_file kernel, ramdisk;
    bool recognised; /* the tree was told to be one of some family, known or not */
    struct identity_tree tree;
    struct identity_iso iso;
    bool has_support; /* of the kernel */
    struct kernel_support support;
    const char **problems; /* sentences */
    size_t problem_count;
    void *storage; /* what the strings are in */
};
#define IDENTITY_INIT \
    (struct identity) \
    {                 \
        .kind = NULL  \
    }
void identity_free(struct identity *identity);
#define auto_identity __attribute__((cleanup(identity_free)))

/* Reads ANSWER (common/protocol/fetch.h and medium.h) into IDENTITY, which is empty and keeps a
 * reference to it. For fetch.c and medium.c, and for tests. */
void identity_read(json_t *answer, struct identity *identity);

/* The "support" of an answer of `medium`, checked. False when it is null or damaged; SUPPORT is
 * freed by the caller in both cases. For medium.c, and for tests. */
bool kernel_support_read(const json_t *member, struct kernel_support *support) must_check;

#endif
