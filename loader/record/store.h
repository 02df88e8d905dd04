/* Where VM records are, and loading them from there.
 *
 * The built-in backend keeps a file a VM (file.h); every other one is a program (`PROGRAM load ID`,
 * `PROGRAM commit ID`) which speaks the same JSON on stdout and stdin (program.h; its contract is
 * eliloader-record(7)). record-xapi is one of those.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_STORE_H
#define LOADER_RECORD_STORE_H

#include "loader/record/record.h"

/* Where records may be; filled from options by the caller, who keeps the strings. */
struct record_places {
    const char *backend;     /* "auto", "file", "xapi", the NAME of a program record-NAME beside the
                                helpers, or the absolute path of one; NULL: "auto" */
    const char *directory;   /* of the file backend */
    const char *xapi_socket; /* where xapi listens */
};

/* Where records are. */
struct record_store {
    const struct record_backend *backend;
    struct record_places places;
    char *program; /* of a backend that is a program: its path, owned; else NULL */
};
#define RECORD_STORE_INIT \
    (struct record_store) \
    {                     \
        .backend = NULL   \
    }
/* Frees what STORE owns; of RECORD_STORE_INIT, nothing. */
void record_store_free(struct record_store *store);
#define auto_record_store __attribute__((cleanup(record_store_free)))

/* Fills STORE. "auto" is the file backend where its directory has the VM ID, else xapi where its
 * socket is, else the file backend; with ID NULL it is the file backend. STORE goes on using
 * PLACES' strings. 0; or -1 with ERROR_USAGE when there is no such backend, no such program, or no
 * directory. An ID that breaks RECORD_ID_RULE is looked for nowhere: record_load() refuses it. */
int record_store_choose(const struct record_places *places, const char *id,
                        struct record_store *store, struct error *err) must_check;

/* Loads ID. 0; or -1 with ERR set: an ID that breaks RECORD_ID_RULE, no such VM (and where else it
 * is not, when STORE was chosen by "auto"), not readable, not a record (the file and what is wrong
 * in it), a run is under way. RECORD is initialised in either case; the caller frees it with
 * record_free(). */
int record_load(const struct record_store *store, const char *id, enum record_access access,
                struct record *record, struct error *err) must_check;

#endif
