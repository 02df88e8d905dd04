/* The VM record: what the toolstack knows of a VM, as xapi's VM.get_record shapes it.
 *
 * Where records live is a backend's business. A backend has two calls: load (a record as
 * JSON) and commit (a list of changes, applied in order). The built-in one keeps a file a
 * VM (file.c); every other one is a program (`PROGRAM load ID`, `PROGRAM commit ID`)
 * which speaks the same JSON on stdout and stdin (program.c; its contract is
 * eliloader-record(7)). record-xapi is one of those.
 *
 * A record:
 *   { "uuid": ID, "name_label": TEXT,
 *     "PV_bootloader": TEXT, "PV_bootloader_args": TEXT, "PV_args": TEXT,
 *     "other_config": {KEY: TEXT, …}, "platform": {KEY: TEXT, …},
 *     "xenstore_data": {KEY: TEXT, …},
 *     "VBDs": [ {"userdevice": "0", "bootable": true, …}, … ] }
 * Any field may be missing, and others may be there: they are kept as they are.
 *
 * Changes are a JSON Patch (RFC 6902) of the operations test, add and remove, on the paths
 * "/FIELD", "/MAP/KEY" (KEY as a JSON pointer: ~0 is "~", ~1 is "/") and
 * "/VBDs/USERDEVICE/bootable". As in the RFC, "add" replaces what is there. Other than in
 * the RFC, each change is safe to repeat: removing what is not there succeeds, adding to a
 * map that is not there makes it, and "test" with the value null holds when the member is
 * not there. All tests look at the record as it is before the first change, wherever in the
 * list they stand; one that does not hold ends the commit before any change is made.
 *
 * Values are checked where they are read, not on load: a real VM's other_config holds
 * much that is none of our business.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_RECORD_H
#define LOADER_RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "common/text.h"

#define RECORD_ID_MAX    128
#define RECORD_KEY_MAX   256           /* bytes of a key that a person adds to a map */
#define RECORD_VALUE_MAX 8192          /* bytes of a value that the loader uses */
#define RECORD_SIZE_MAX  (1024 * 1024) /* bytes of a whole record as JSON */

struct record_backend;

/* One VM's record, loaded. */
struct record {
    const struct record_backend *backend;
    char *id;
    json_t *json; /* the object; read it by record_get() */
    void *state;  /* the backend's own: the file backend's locks */
};

enum record_access {
    RECORD_READ,   /* to look at: no lock */
    RECORD_CHANGE, /* to change at once: waits a little for another change; refused during a run */
    RECORD_RUN,    /* for a whole run of the loader: a second run at once is refused */
};

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
void record_store_free(struct record_store *store);
#define auto_record_store __attribute__((cleanup(record_store_free)))

struct record_backend {
    const char *name; /* "file" */
    /* True when the toolstack itself adds PV_args to what the loader answers, as xapi does. */
    bool toolstack_adds_args;
    int (*load)(const struct record_store *store, const char *id, enum record_access access,
                struct record *record, struct error *err);
    /* CHANGES as above (an array). All tests hold and all changes are made, or an error.
     * RECORD's json is the new one afterwards. */
    int (*commit)(struct record *record, const json_t *changes, struct error *err);
    /* Frees `state`, gives up locks. */
    void (*release)(struct record *record);
};

extern const struct record_backend record_file_backend;
/* Both run STORE's program; for the one, the toolstack adds PV_args and PV_bootloader_args. */
extern const struct record_backend record_xapi_backend, record_program_backend;

/* Fills STORE. "auto" is the file backend where its directory has the VM ID, else xapi where its
 * socket is, else the file backend; with ID NULL it is the file backend. STORE goes on using
 * PLACES' strings. 0; or -1 with ERROR_USAGE when there is no such backend, no such program, or no
 * directory. */
int record_store_choose(const struct record_places *places, const char *id,
                        struct record_store *store, struct error *err) must_check;
/* To ERR, which says why VM ID could not be loaded from STORE, adds where else it is not, when
 * STORE was chosen by "auto". */
void record_store_explain(const struct record_store *store, const char *id, struct error *err);

/* True for letters, digits, '.', '_' and '-', not starting with '.' or '-', 1 to
 * RECORD_ID_MAX bytes. */
bool record_id_valid(const char *id);
#define RECORD_ID_RULE \
    "an ID is 1 to 128 letters, digits, '.', '_' and '-', and starts with neither '.' nor '-'"

/* Loads ID. 0; or -1 with ERR set: no such VM, not readable, not a record (the file and
 * what is wrong in it), a run is under way. RECORD is initialised in either case. */
int record_load(const struct record_store *store, const char *id, enum record_access access,
                struct record *record, struct error *err) must_check;
/* Makes CHANGES, as the backend's commit. */
int record_commit(struct record *record, const json_t *changes, struct error *err) must_check;
void record_free(struct record *record);
#define RECORD_INIT            \
    (struct record)            \
    {                          \
        NULL, NULL, NULL, NULL \
    }
#define auto_record __attribute__((cleanup(record_free)))

/* The value of FIELD (MAP NULL) or of MAP's KEY, to use: *VALUE is NULL when it is not there,
 * else text that belongs to the record, without control characters, at most
 * RECORD_VALUE_MAX bytes. -1 with ERR naming VM, map and key when it is anything else. */
int record_get(const struct record *record, const char *map, const char *key, const char **value,
               struct error *err) must_check;
/* The same, where absent means DEFAULT_VALUE. */
int record_get_default(const struct record *record, const char *map, const char *key,
                       const char *default_value, const char **value, struct error *err) must_check;

/* 0 when VALUE may be used as record_get() says; else -1 with ERR the end of a sentence
 * ("is a number, not text"), for a caller that says of what. */
int record_check_text(const json_t *value, struct error *err) must_check;

/* Building a list of changes; all take the array that they add to, and copy what they are
 * given. MAP NULL: a field of the record. What is not UTF-8 cannot stand in a record: it
 * goes into the list as something that every backend refuses. */
json_t *record_changes_new(void) must_check;
void record_change_set(json_t *changes, const char *map, const char *key, const char *value);
void record_change_remove(json_t *changes, const char *map, const char *key);
/* Commit only if the value is still VALUE (NULL: still not there). */
void record_change_test(json_t *changes, const char *map, const char *key, const char *value);
void record_change_bootable(json_t *changes, const char *userdevice, bool bootable);

/* Applies CHANGES to RECORD (the JSON object), in memory: what every backend that holds
 * whole records needs. 0; or -1 with ERR: a test that does not hold ("was changed by
 * somebody else meanwhile"), a malformed change. RECORD is unchanged then. */
int record_apply(json_t *record, const json_t *changes, struct error *err) must_check;

#endif
