/* .treeinfo, in which a tree of the Red Hat family says what it is and where its files are.
 *
 * Two formats share the name, and today's composes write both into one file:
 *   [general] family, version, arch, …      trees of RHEL 5 and Fedora 7 on
 *   [release] name, version; [tree] arch    productmd's, from RHEL 8 and Fedora 21 on
 *                                           ([product] in its version 1.0)
 *   [images-PLATFORM] kernel, initrd        PLATFORM: an architecture, or "xen"
 *   [checksums] PATH = DIGEST:HEX           from RHEL 6 on
 * (release-engineering/productmd, doc/treeinfo-1.2.rst; the older one was written by
 * anaconda's maketreeinfo.py.)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISTROS_TREEINFO_H
#define DISTROS_TREEINFO_H

#include "distros/plan.h"

/* Most [images-…] sections; real trees have two to four. */
#define TREEINFO_IMAGES_MAX 16

/* Boot images for one platform; NULL where the section does not name them. The paths are as
 * they stand in the file, not checked. */
struct treeinfo_images {
    char *platform;
    char *kernel, *initrd;
};

struct treeinfo {
    char *name, *version, *arch; /* NULL where the file is silent */
    struct treeinfo_images images[TREEINFO_IMAGES_MAX];
    size_t image_count;
    size_t rank[3]; /* while reading: how good the sources of the first three are */
};
#define TREEINFO_INIT \
    (struct treeinfo) \
    {                 \
        0             \
    }
/* Frees what INFO holds; it is TREEINFO_INIT then. */
void treeinfo_free(struct treeinfo *info);
#define auto_treeinfo __attribute__((cleanup(treeinfo_free)))

/* Reads TEXT, the file NAME, into INFO (TREEINFO_INIT), which the caller frees in any case. 1:
 * read; 0: it is no INI file at all; -1 with ERR. */
int treeinfo_read(const char *name, const struct buffer *text, struct treeinfo *info,
                  struct error *err) must_check;

/* The section [images-PLATFORM], in any case of letters; NULL: there is none. */
struct treeinfo_images *treeinfo_images(struct treeinfo *info, const char *platform);

/* Gives the plan's layouts the [checksums] of plan->text, the file NAME. A digest that is not
 * known is passed over. 0, or -1 with ERR. */
int treeinfo_sums(struct tree_plan *plan, const char *name, struct error *err) must_check;

/* Whether a tree with a .treeinfo, which says what TREE has, is SUSE's: "openSUSE Leap", "SUSE
 * Linux Enterprise Server", "SLES". */
bool treeinfo_is_suse(const struct tree *tree) must_check;

#endif
