/* The kinds of URL by which people name where files are: one line for each. Who takes a URL asks
 * here whether it is one, and whether anybody can get files from there; a scheme that is learned is
 * a line of the table, and the sentences that list them follow.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_SCHEMES_H
#define COMMON_PROTOCOL_SCHEMES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

/* What brings the files of a scheme. */
enum source_family {
    SOURCE_HTTP,
    SOURCE_FTP,
    SOURCE_TFTP,
    SOURCE_NFS,
    SOURCE_NFS_ISO, /* an image on such a server */
    SOURCE_FILE,    /* nobody: they are in dom0 */
};

struct url_scheme {
    const char *prefix; /* how such a URL begins, in any case of letters: "http://", "nfs:" */
    enum source_family family;
    bool network;
    bool for_all; /* whoever may edit a VM may name it: what is there is served to all */
};

/* The scheme with which TEXT begins; NULL: none of the table. */
const struct url_scheme *url_scheme_of(const char *text) must_check;

/* True when TEXT is a URL from which the helper `fetch` gets files. */
bool url_is_fetched(const char *text) must_check;

/* True when TEXT is a URL that a VM's editor may name. (TFTP is how a network
 * boots its own machines, and a file: is dom0's.) */
bool url_is_for_all(const char *text) must_check;

/* True when TEXT begins with the name of a scheme, known or not, and "://". *LENGTH, unless it is
 * NULL, is the length of the name, in bytes. */
bool url_has_scheme(const char *text, size_t *length) must_check;

/* True when TEXT begins with the name of a known scheme and its colon, and is no URL of it:
 * "http:/h". *LENGTH is that of both. Somebody meant a URL, and may have put a password in it. */
bool url_begins_wrong(const char *text, size_t *length) must_check;

/* How the URLs begin from which `fetch` gets files, for messages: with the JOINT " or " it is
 * "http:// or https:// or …"; FOR_ALL: only those that a VM's editor may name. The caller frees. */
char *url_fetched_prefixes(const char *joint, bool for_all) must_check;

#endif
