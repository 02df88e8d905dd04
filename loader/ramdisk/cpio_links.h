/* The hard links of one archive.
 *
 * In newc the names of one file are entries of the same number, of which one carries the content,
 * mostly the last; the others are empty. When the overlay replaces the one that carries it, the
 * content has to go to another name. So empty entries wait here until the content comes, as they
 * do in cpio(1), and are written together. A content that passed by before any of its other names
 * was seen (nobody writes such archives, but they can be made) is fetched in a second pass.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RAMDISK_CPIO_LINKS_H
#define LOADER_RAMDISK_CPIO_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/ramdisk/cpio.h"

#define LINKS_GROUPS_MAX  16384             /* files whose names are not complete */
#define LINKS_MEMBERS_MAX 65536             /* names that wait */
#define LINKS_TEXT_MAX    (4 * 1024 * 1024) /* bytes of these */
#define LINKS_BUCKETS     4096
#define LINKS_DEVICES_MAX 1024 /* filesystems that files with several names lay on */

/* A name that waits for its content. */
struct links_member {
    struct links_member *next;
    struct cpio_entry entry; /* its name is the array below */
    char name[];
};

enum links_state {
    LINKS_WAITING, /* no content was seen */
    LINKS_WRITTEN, /* the content stands in the result */
    LINKS_LOST,    /* the content passed by with a name that was replaced */
};

struct links_group {
    struct links_group *next;          /* in its bucket */
    struct links_group *newer, *older; /* in the order they came */
    uint32_t ino, dev_major, dev_minor;
    unsigned archive;
    enum links_state state;
    uint32_t seen, replaced; /* names so far, and those of them that are gone */
    struct links_member *first, **last;
};

struct links {
    struct links_group *buckets[LINKS_BUCKETS];
    struct links_group *oldest, *newest;
    size_t groups, members, text;
    unsigned archive; /* number of the present one, over all files */
    const char *name; /* of the file, for errors */
    /* Filesystems get numbers of their own where an earlier archive used the same: else a file
     * of one archive would become another name of another archive's. */
    struct links_device {
        unsigned archive;
        uint32_t major, minor;         /* as in the archive */
        uint32_t out_major, out_minor; /* as in the result */
    } devices[LINKS_DEVICES_MAX];
    size_t device_count;
};

/* No names yet; the caller frees it by links_free(), which takes NULL too. */
struct links *links_new(void) must_check;
void links_free(struct links *links);

/* The file that ENTRY is a name of, new or known; ENTRY is counted as seen. NULL with ERR: too
 * many are open. */
struct links_group *links_group(struct links *links, const struct cpio_entry *entry,
                                struct error *err) must_check;
/* The same group when it is known already, without counting ENTRY; else NULL. */
struct links_group *links_find(const struct links *links, const struct cpio_entry *entry);
/* Keeps a copy of ENTRY, a name of GROUP's file, until the content has come. 0; or -1 with ERR:
 * more than LINKS_MEMBERS_MAX names wait, or they are longer than LINKS_TEXT_MAX. */
int links_wait(struct links *links, struct links_group *group, const struct cpio_entry *entry,
               struct error *err) must_check;
/* The first that waits, out of its group; NULL: none. The caller frees it. */
struct links_member *links_take(struct links *links, struct links_group *group) must_check;
/* Takes GROUP out, and frees it with the names that still wait in it. */
void links_forget(struct links *links, struct links_group *group);
/* The number of names that ENTRY shall say it has, after GROUP's were replaced. */
uint32_t links_count(const struct links_group *group, const struct cpio_entry *entry);
/* Changes the device numbers of ENTRY, of the present archive, to some that no file of another
 * archive has. 0; or -1 with ERR: more than LINKS_DEVICES_MAX filesystems. */
int links_device(struct links *links, struct cpio_entry *entry, struct error *err) must_check;

#endif
