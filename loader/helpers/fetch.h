/* Round one's source: runs the helper `fetch` and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_FETCH_H
#define LOADER_HELPERS_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "common/text.h"
#include "distros/distros.h"
#include "loader/helpers/identity.h"
#include "loader/helpers/limits.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* A file that came. Digests are lower-case hex. */
struct fetched_file {
    char *url;
    uint64_t size;            /* bytes */
    char md5[33], sha256[65]; /* "": nobody asked for it */
    char *verified;           /* "sha256": what the tree's own checksum was; NULL: it had none */
};

/* Both files, and what the tree says of itself (NULL where it does not). */
struct fetched {
    bool has_ramdisk;
    bool no_kernel; /* after an error: the tree has no kernel in any of its family's places */
    struct fetched_file kernel, ramdisk;
    char *repository; /* the mirror that gave the files, as it was asked for */
    char *layout;
    char *family; /* whose layouts were tried */
    /* What the tree was recognised as, also after an error; NULL: nothing that is known. */
    char *recognised_family, *recognised_as; /* "rhlike", "Fedora 39" */
    char *tree_metadata, *tree_name, *tree_version, *tree_arch;
};
#define FETCHED_INIT         \
    (struct fetched)         \
    {                        \
        .has_ramdisk = false \
    }

/* Gets the kernel and the ramdisk that REQUEST is about into OUTPUTS' files, which are made
 * here. Its repository may be several mirrors (common/protocol/mirrors.h), which are asked in turn;
 * a checksum that one has told holds for all. DIGESTS (DIGEST_BITs) of the ramdisk are
 * computed, and no other: each takes as long as the file itself. PROXY may be NULL. 0; or -1 with
 * ERR, which says which file, from where, and why. The caller frees FETCHED in both cases. */
int fetch_tree(const struct settings *settings, const struct tree_request *request,
               const char *proxy, const struct fetch_limits *limits, unsigned digests,
               struct outputs *outputs, struct fetched *fetched, struct error *err) must_check;
void fetched_free(struct fetched *fetched);
#define auto_fetched __attribute__((cleanup(fetched_free)))

/* Gets the file PATH of REPOSITORY, and nothing else, into OUTPUTS' ramdisk, which is made here. As
 * fetch_tree(). */
int fetch_ramdisk(const struct settings *settings, const char *repository, const char *path,
                  const char *proxy, const struct fetch_limits *limits, struct outputs *outputs,
                  struct error *err) must_check;

/* Asks what the tree of REQUEST is, in MODE: FETCH_IDENTIFY (common/protocol/fetch.h), or NULL for
 * an ordinary run. BOUND: checksums that another mirror has given, or NULL; *FAILURE, which the
 * caller frees, is what the helper said of a failure. The kernel, where there is one, comes into
 * *KERNEL, a file without a name that the caller closes; nobody wants the ramdisk: only what can be
 * told of it. IDENTITY is empty, and freed by the caller. 0, or -1 with ERR. */
int fetch_identify(const struct settings *settings, const char *mode,
                   const struct tree_request *request, json_t *bound, int *kernel,
                   struct identity *identity, json_t **failure, struct error *err) must_check;

/* Takes digests of what FD, a regular file that is open to read, has from its beginning: its
 * SHA-256, and its MD5 unless MD5 is NULL, as lower-case hex. A helper of its own computes them,
 * and looks at nothing. 0; or -1 with ERR: it is empty, or cannot be read. A cache_digest
 * (loader/cache/use.h). */
int fetch_digest(const struct settings *settings, int fd, char sha256[65], char *md5,
                 struct error *err) must_check;

/* The request to the helper (common/protocol/fetch.h) as text, with what SETTINGS say of the
 * network: MODE, or NULL for an ordinary one; what is NULL in TREE is left out. The caller frees;
 * NULL with ERR.
 */
char *fetch_make_request(const struct settings *settings, const char *mode,
                         const struct tree_request *tree, const char *proxy,
                         const struct fetch_limits *limits, struct error *err) must_check;

#endif
