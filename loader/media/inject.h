/* Files of dom0 that are put into an installer's ramdisk, as virt-install's --initrd-inject does
 * it: a kickstart, a preseed.cfg, a file for AutoYaST or Ignition. Which ones, root alone says.
 *
 * They are named by a list, PATH[=NAME],…: NAME is what stands behind the last '=', and what the
 * file is called in the ramdisk, at its top; without it that is the last part of PATH. A PATH holds
 * no comma. There are no folders in a NAME: a kernel that unpacks an archive first removes what
 * stands in a folder's place, and today's installers have links there (/lib, /bin).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIA_INJECT_H
#define LOADER_MEDIA_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/helpers/limits.h"
#include "loader/settings/options.h"

/* A list that says: none, also where the configuration has some. */
#define INJECT_NONE "none"

#define INJECT_FILES_MAX 64
#define INJECT_NAME_MAX  255 /* bytes, as filesystems have it */

struct injected_file {
    char *path, *name;
    int fd; /* only reads */
    uint64_t size;
    uint32_t mode; /* permission bits */
    int64_t mtime; /* seconds since 1970 */
};

/* Starts as INJECT_INIT; freed by inject_free(). */
struct inject {
    struct injected_file files[INJECT_FILES_MAX];
    size_t count; /* 0: nothing is injected */
};
#define INJECT_INIT \
    (struct inject) \
    {               \
        .count = 0  \
    }

/* Who names the files. */
enum inject_from {
    INJECT_BY_HAND,   /* on a command line: a PATH may be relative */
    INJECT_FROM_FILE, /* in the configuration or a record, which are read in any directory */
};

/* Opens the files of LIST (NULL or INJECT_NONE: there are none) into INJECT, which is empty.
 * FOR_TOOLSTACK: for a run of root's, nobody else may be able to exchange one of them
 * (output/ours.h), for what is opened here is given to a guest; by hand, only links are refused.
 * All of them may not be larger than LIMITS have it for a ramdisk. 0; or -1 with ERR, which names
 * the file or the word: ERROR_USAGE, ERROR_SUPPORT_PACKAGE (it cannot be used) or ERROR_LIMITS. The
 * caller frees in either case. */
int inject_open(const char *list, enum inject_from from, bool for_toolstack,
                const struct fetch_limits *limits, struct inject *inject,
                struct error *err) must_check;
/* The same for the list of SETTINGS, whoever wrote that. */
int inject_open_set(const struct settings *settings, bool for_toolstack,
                    const struct fetch_limits *limits, struct inject *inject,
                    struct error *err) must_check;
void inject_free(struct inject *inject);
#define auto_inject __attribute__((cleanup(inject_free)))

#endif
