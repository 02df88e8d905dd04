/* What is known of each family of distributions: where a tree keeps its kernel and
 * ramdisk, what the tree says of itself, and what its installer wants on the kernel's
 * command line. A library without I/O: whoever can read a path of a tree (the fetch
 * helper from a network, fsprobe from a medium) lends a function that does.
 *
 * Everything that comes out of a tree is hostile. Limits are named below, and a path from
 * a tree is relative, has no "..", at most TREE_PATH_MAX bytes, and only characters that can
 * be shown (well-formed UTF-8, no controls, no backslash). It is a path and not a part of a
 * URL: whoever makes a URL of it escapes '%', '?', '#' and spaces.
 *
 * Where a layout or a format comes from stands beside it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_DISTROS_H
#define DISTROS_DISTROS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/checksum.h"
#include "common/error.h"
#include "common/text.h"
#include "distros/arch.h"

#define TREE_PATH_MAX     1024
#define TREE_METADATA_MAX (4 * 1024 * 1024) /* of one metadata file; Debian's sums are 60 KiB */
#define TREE_LAYOUTS_MAX  12

/* What is wanted of a tree. Strings belong to the caller. */
struct tree_request {
    const char *family;     /* as install-distro names it: "rhlike" */
    const char *arch;       /* install-arch: a name of ARCHS */
    const char *release;    /* debian-release, or NULL */
    const char *repository; /* as the user wrote it; only looked at, for "/dists/RELEASE/", and
                             * for "cdrom", where Debian has other layouts */
    const char *kernel;     /* install-kernel or --kernel: path in the tree, or NULL; a leading
                             * '/' is dropped */
    const char *ramdisk;    /* likewise; alone, it stands in for that of every layout */
};

/* Reads PATH of the tree, at most MAX bytes, into OUT (emptied first).
 * 1: read; 0: it is not there; -1: any other failure, with ERR set. */
struct tree_reader {
    int (*read)(void *context, const char *path, size_t max, struct buffer *out, struct error *err);
    void *context;
};

/* One place where kernel and ramdisk may be. */
struct tree_layout {
    char *kernel;  /* path in the tree */
    char *ramdisk; /* path in the tree; NULL: no ramdisk is wanted */
    struct checksum kernel_sum, ramdisk_sum;
    char *source; /* what named it, for messages: ".treeinfo", "images/pxeboot" */
};

/* What a tree says of itself (NULL where it does not), and where to look, in order. */
struct tree {
    char *metadata; /* the file that said so: ".treeinfo" */
    char *name;     /* "Red Hat Enterprise Linux", "Fedora", … */
    char *version;  /* "7.9" */
    char *arch;     /* "x86_64" */
    struct tree_layout layouts[TREE_LAYOUTS_MAX];
    size_t layout_count; /* at least 1 after success */
    char *doubt; /* what explains it, where no layout's kernel is there: the end of a sentence
                  * that begins with the tree ("has no release …"); or NULL */
};

/* A family, as `other_config:install-distro` names it. */
struct distro {
    const char *name;
    unsigned last_round;        /* rounds before the VM is an installed one: 1 or 2 */
    const char *method;         /* key of the repository argument: "method", "install"; NULL */
    const char *cdrom_argument; /* the whole argument from a CD: "install=hd"; NULL: none */
    bool release_required;      /* debian-release must be set */
    bool kernel_required;       /* install-kernel must be set, for a network repository */
    bool no_ramdisk;            /* its installers' kernels hold their own, and take none */
};

#endif
