/* Looking into a volume for a person: the names in a directory, the bytes of a file. See "look" of
 * common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_LOOK_LOOK_H
#define FSPROBE_LOOK_LOOK_H

#include <jansson.h>

#include "common/error.h"
#include "fsprobe/fs/guest.h"

/* What is asked; strings belong to whoever made it. */
struct look_wish {
    bool wanted;
    bool list;          /* the names; else the bytes are written to the stream */
    bool types;         /* with what each name is, and its size */
    const char *volume; /* by what people call it; NULL: the only one with files */
    const char *path;
};

/* What is looked at; nothing is owned. */
struct look_place {
    struct guest *guest;    /* its volumes are open */
    const int *disks;       /* descriptors, by the guest's number of the disk */
    int stream;             /* what the bytes are written to */
    const char *unreadable; /* why nothing could be read, sentences; "": nothing is known */
};

/* Does WISH. *ANSWER is the caller's to free. 0; or -1 with ERR. That nobody reads the stream any
 * more is no error: the answer says so. */
int look_run(const struct look_place *place, const struct look_wish *wish, json_t **answer,
             struct error *err) must_check;

#endif
