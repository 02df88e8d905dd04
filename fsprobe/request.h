/* The request to fsprobe, checked. See fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_REQUEST_H
#define FSPROBE_REQUEST_H

#include <jansson.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/memory.h"
#include "common/protocol/fsprobe.h"
#include "fsprobe/copy.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/look/look.h"
#include "fsprobe/select.h"
#include "fsprobe/tree.h"

#define REQUEST_NAME_MAX 4096 /* bytes of a disk's name */
#define REQUEST_TEXT_MAX 64   /* of family and arch */
#define REQUEST_WORD_MAX 8192 /* of what is selected */

/* Strings belong to `json`. */
struct probe_request {
    json_t *json;
    const char *disks[GUEST_DISKS_MAX];
    unsigned disk_count;
    const char *family, *arch; /* or NULL */
    bool well_known;           /* as of struct choose_request */
    struct selection select;
    bool subvolumes; /* they are wanted, too */
    struct copy_request copy;
    struct tree_wish tree;
    struct look_wish look;
    uid_t uid;
    bool own_user, complete; /* as of struct confine */
};

/* 0, or -1 with ERR. The caller frees in both cases. */
int probe_request_parse(const char *text, size_t length, struct probe_request *request,
                        struct error *err) must_check;
void probe_request_free(struct probe_request *request);

#endif
