/* The VM record: what the toolstack knows of a VM, as xapi's VM.get_record shapes it.
 *
 * Where records live is a backend's business (store.h). A backend has two calls: load (a record
 * as JSON) and commit (a list of changes, applied in order; changes.h).
 *
 * A record:
 *   { "uuid": ID, "name_label": TEXT,
 *     "PV_bootloader": TEXT, "PV_bootloader_args": TEXT, "PV_args": TEXT,
 *     "other_config": {KEY: TEXT, …}, "platform": {KEY: TEXT, …},
 *     "xenstore_data": {KEY: TEXT, …},
 *     "VBDs": [ {"userdevice": "0", "bootable": true, …}, … ] }
 * Any field may be missing, and others may be there: they are kept as they are.
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

/* The maps of a record in which the loader has keys. */
#define RECORD_CONFIG   "other_config"
#define RECORD_PLATFORM "platform"

struct record_backend;
struct record_store;

/* One VM's record, loaded. */
struct record {
    const struct record_backend *backend;
    char *id;
    json_t *json; /* the object; read it by record_get() */
    void *state;  /* the backend's own: the file backend's locks */
    bool others;  /* others than root could write this one, whatever its backend's are */
};
#define RECORD_INIT                   \
    (struct record)                   \
    {                                 \
        NULL, NULL, NULL, NULL, false \
    }

enum record_access {
    RECORD_READ,   /* to look at: no lock */
    RECORD_CHANGE, /* to change at once: waits a little for another change; refused during a run */
    RECORD_RUN,    /* for a whole run of the loader: a second run at once is refused */
};

/* A kind of place for records. */
struct record_backend {
    const char *name; /* "file" */
    /* True when the toolstack itself adds PV_args to what the loader answers, as xapi does. */
    bool toolstack_adds_args;
    /* True when none but root writes its records; else their words are those of whoever may edit
     * the VM. */
    bool only_roots;
    /* Fills RECORD's json and state, of VM ID, whose ID is valid. 0, or -1 with ERR; the caller
     * frees RECORD in either case. */
    int (*load)(const struct record_store *store, const char *id, enum record_access access,
                struct record *record, struct error *err);
    /* Makes CHANGES, an array as changes.h has it: all tests hold and all changes are made, or an
     * error. RECORD's json is the new one afterwards. 0, or -1 with ERR. */
    int (*commit)(struct record *record, const json_t *changes, struct error *err);
    /* Frees `state`, gives up locks. */
    void (*release)(struct record *record);
};

/* True for letters, digits, '.', '_' and '-', not starting with '.' or '-', 1 to
 * RECORD_ID_MAX bytes. */
bool record_id_valid(const char *id);
#define RECORD_ID_RULE \
    "an ID is 1 to 128 letters, digits, '.', '_' and '-', and starts with neither '.' nor '-'"

/* Makes CHANGES (changes.h), as the backend's commit. */
int record_commit(struct record *record, const json_t *changes, struct error *err) must_check;

/* Whether nobody but root can have written what RECORD says. */
bool record_is_roots(const struct record *record) must_check;

/* Frees what RECORD owns and gives up its locks; it is RECORD_INIT afterwards. */
void record_free(struct record *record);
#define auto_record __attribute__((cleanup(record_free)))

/* The value of FIELD (MAP NULL) or of MAP's KEY, to use: *VALUE is NULL when it is not there,
 * else text that belongs to the record, without control characters, at most
 * RECORD_VALUE_MAX bytes. -1 with ERR naming VM, map and key when it is anything else. */
int record_get(const struct record *record, const char *map, const char *key, const char **value,
               struct error *err) must_check;
/* The same, where absent means DEFAULT_VALUE. */
int record_get_default(const struct record *record, const char *map, const char *key,
                       const char *default_value, const char **value, struct error *err) must_check;

/* What a JSON value of TYPE is called in messages: "a map", "text". */
const char *record_type_word(json_type type);

/* 0 when VALUE may be used as record_get() says; else -1 with ERR the end of a sentence
 * ("is a number, not text"), for a caller that says of what. */
int record_check_text(const json_t *value, struct error *err) must_check;

#endif
