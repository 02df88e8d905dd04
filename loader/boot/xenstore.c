/* What is read from xenstore and written there. See xenstore.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/xenstore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "common/log.h"
#include "loader/host/xenstore_child.h"
#include "loader/settings/user.h"

/* A transaction fails when others change the same nodes meanwhile: so often, then something else
 * is wrong. */
#define TRANSACTIONS_MAX 32

static const char data_key[] = "vm-data";

/* --- what it says ------------------------------------------------------------------------- */

/* A value of xenstore, as the child hands it over. */
struct reading {
    unsigned
        length; /* its own, which may be more than TEXT holds; of a node that is not there, 0 */
    char text[64];
};

/* What is asked for: the limits in the order of struct xenstore_found, then the type. */
enum { LIMIT_COUNT = 4, TYPE = LIMIT_COUNT, READING_COUNT };
struct places {
    char *paths[READING_COUNT]; /* NULL: not to be read */
};

static void places_free(struct places *places)
{
    for (size_t i = 0; i < READING_COUNT; i++)
        free(places->paths[i]);
}

static int read_one(const struct xenstore *store, const char *path, struct buffer *answer,
                    struct error *err)
{
    struct reading reading = {.length = 0};
    unsigned length = 0;

    if (path) {
        auto_free char *value = store->read(store->handle, 0, path, &length);
        if (!value && errno != ENOENT && errno != EACCES)
            return error_set_errno(err, ERROR_INTERNAL, "cannot read %s in xenstore", path);
        if (value) {
            reading.length = length;
            memcpy(reading.text, value,
                   length < sizeof reading.text ? length : sizeof reading.text);
        }
    }
    (void)buffer_add(answer, &reading, sizeof reading);
    return 0;
}

static int read_all(const struct xenstore *store, const void *context, struct buffer *answer,
                    struct error *err)
{
    const struct places *places = context;

    for (int i = 0; i < READING_COUNT; i++)
        if (read_one(store, places->paths[i], answer, err) < 0)
            return -1;
    return 0;
}

/* The limit that stands at PATH, or 0. */
static uint64_t take_limit(const char *path, const struct reading *reading)
{
    size_t length = reading->length < sizeof reading->text ? reading->length : sizeof reading->text;
    auto_free char *text = xstrndup(reading->text, length), *shown = NULL;
    uint64_t limit = 0;

    /* Nothing there, or one that was emptied to take it back. */
    if (reading->length == 0)
        return 0;
    if (strlen(text) == reading->length && text_to_size(text, XENSTORE_LIMIT_MAX, &limit) && limit)
        return limit;
    shown = text_escape_bytes(reading->text, length, 2 * sizeof reading->text);
    log_warning("%s in xenstore is '%s', which is not a size in bytes; it counts as not set", path,
                shown);
    return 0;
}

/* The kind of guest that libxl's word is; a word of a libxl to come, or "hvm", is none. */
static enum guest_kind take_kind(const struct reading *reading)
{
    size_t length = reading->length < sizeof reading->text ? reading->length : sizeof reading->text;
    auto_free char *text = xstrndup(reading->text, length);
    enum guest_kind kind = GUEST_UNKNOWN;

    return guest_kind_from_name(text, &kind) ? kind : GUEST_UNKNOWN;
}

/* Where what may count stands. False where that is nowhere. */
static bool find_places(const struct settings *settings, struct places *places)
{
    static const char *const names[] = {"pv-kernel-max-size", "pv-ramdisk-max-size"};
    const enum origin origins[] = {settings->kernel_max_origin, settings->ramdisk_max_origin};
    int domid = user_domid(settings->output_directory);
    bool any = domid >= 0 && settings->guest_kind_origin != ORIGIN_COMMAND_LINE;

    if (any)
        places->paths[TYPE] = xasprintf("/libxl/%d/type", domid);
    for (int i = 0; i < 2; i++) {
        if (origins[i] == ORIGIN_COMMAND_LINE)
            continue;
        any = true;
        places->paths[i] = xasprintf("/mh/limits/%s", names[i]);
        if (domid >= 0)
            places->paths[2 + i] = xasprintf("/local/domain/%d/platform/%s", domid, names[i]);
    }
    return any;
}

static void take_all(const struct places *places, const struct buffer *answer,
                     struct xenstore_found *found)
{
    uint64_t *const limits[LIMIT_COUNT] = {&found->host_kernel_max, &found->host_ramdisk_max,
                                           &found->vm_kernel_max, &found->vm_ramdisk_max};
    struct reading readings[READING_COUNT];

    if (answer->length != sizeof readings)
        return;
    memcpy(readings, answer->data, sizeof readings);
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        if (places->paths[i])
            *limits[i] = take_limit(places->paths[i], &readings[i]);
    if (places->paths[TYPE])
        found->kind = take_kind(&readings[TYPE]);
}

void xenstore_look(const struct settings *settings, struct xenstore_found *found)
{
    auto_buffer struct buffer answer = BUFFER_INIT(READING_COUNT * sizeof(struct reading));
    auto_error struct error err = ERROR_INIT;
    __attribute__((cleanup(places_free))) struct places places = {{NULL}};

    *found = (struct xenstore_found){.kind = GUEST_UNKNOWN};
    if (!xenstore_is_here() || !find_places(settings, &places))
        return;
    int result = xenstore_converse(read_all, &places, &answer, &err);
    if (result == 0)
        take_all(&places, &answer, found);
    else if (result < 0 && err.name != ERROR_INTERRUPTED)
        log_warning("the size limits and the guest's type in xenstore are not known: %s", err.text);
    else
        log_step("the size limits and the guest's type in xenstore are not known: %s", err.text);
}

/* --- a guest's data ------------------------------------------------------------------------- */

/* One node to be written. */
struct entry {
    char *path;
    const char *value; /* the record's */
    size_t root;       /* length of the part of PATH that ends in "vm-data" */
};

struct entries {
    int domid;
    char *domain; /* "/local/domain/DOMID" */
    struct entry *list;
    size_t count;
};

static void entries_free(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        free(entries->list[i].path);
    free(entries->list);
    free(entries->domain);
}

static bool is_for_guest(const char *key)
{
    return text_starts(key, data_key) &&
           (key[sizeof data_key - 1] == '\0' || key[sizeof data_key - 1] == '/');
}

/* xenstored's own rules for a path; KEY is one below a path that holds to them. */
static bool key_is_valid(const char *key)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_@/";

    return key[strspn(key, allowed)] == '\0' && !strstr(key, "//") && !text_ends(key, "/");
}

/* 0 when KEY can be written with VALUE at PATH; else -1 with ERR the end of a sentence. */
static int check_entry(const char *key, const json_t *value, const char *path, struct error *err)
{
    if (!key_is_valid(key))
        return error_set(err, ERROR_INTERNAL,
                         "a key is letters, digits, '-', '_' and '@', with single slashes between");
    if (!json_is_string(value))
        return error_set(err, ERROR_INTERNAL, "its value is not text");
    if (strlen(key) > XENSTORE_KEY_MAX)
        return error_set(err, ERROR_INTERNAL, "xenstore takes no key of more than %d bytes",
                         XENSTORE_KEY_MAX);
    if (strlen(path) + 1 + json_string_length(value) > XENSTORE_PAYLOAD_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "xenstore takes no more than %d bytes of path and value together",
                         XENSTORE_PAYLOAD_MAX);
    return 0;
}

static int add_entry(struct entries *entries, const char *key, const json_t *value,
                     struct error *err)
{
    auto_free char *path = xasprintf("%s/%s", entries->domain, key);

    if (check_entry(key, value, path, err) < 0) {
        error_prefix(err, "the key %.256s cannot be written to xenstore", key);
        return error_hint(err, "change it, or take it out of xenstore_data");
    }
    if (entries->count == XENSTORE_ENTRIES_MAX)
        return error_set(err, ERROR_INTERNAL,
                         "there are more than %d keys of vm-data, which is all that a guest is "
                         "given; take some out",
                         XENSTORE_ENTRIES_MAX);
    entries->list = xreallocarray(entries->list, entries->count + 1, sizeof *entries->list);
    entries->list[entries->count++] =
        (struct entry){.path = take_pointer(path),
                       .value = json_string_value(value),
                       .root = strlen(entries->domain) + 1 + strlen(data_key)};
    return 0;
}

static int collect(const struct record *record, struct entries *entries, struct error *err)
{
    json_t *map = json_object_get(record->json, "xenstore_data");

    if (map && !json_is_object(map) && !json_is_null(map))
        return error_set(err, ERROR_INTERNAL, "it is not a map");
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at))
        if (is_for_guest(json_object_iter_key(at)) &&
            add_entry(entries, json_object_iter_key(at), json_object_iter_value(at), err) < 0)
            return -1;
    return 0;
}

static int write_failed(const char *what, const char *path, struct error *err)
{
    int reason = errno;

    error_set_errno(err, ERROR_INTERNAL, "cannot %s %.256s in xenstore", what, path);
    return reason == ENOSPC ? error_hint(err, "a quota of xenstored is used up") : -1;
}

/* Writes ENTRY, and makes it and each node above it up to vm-data readable by DOMID alone:
 * xenstored gives a node that it makes the permissions of the one above. */
static int write_entry(const struct xenstore *store, uint32_t transaction, int domid,
                       const struct entry *entry, struct error *err)
{
    struct xs_permissions permissions[] = {{0, XENSTORE_NONE}, {(unsigned)domid, XENSTORE_READ}};
    size_t length = entry->root;

    if (!store->write(store->handle, transaction, entry->path, entry->value,
                      (unsigned)strlen(entry->value)))
        return write_failed("write", entry->path, err);
    for (;;) {
        auto_free char *node = xstrndup(entry->path, length);
        if (!store->set_permissions(store->handle, transaction, node, permissions,
                                    ARRAY_SIZE(permissions)))
            return write_failed("set the permissions of", node, err);
        if (entry->path[length] == '\0')
            return 0;
        length += 1 + strcspn(entry->path + length + 1, "/");
    }
}

static int write_entries(const struct xenstore *store, uint32_t transaction,
                         const struct entries *entries, struct error *err)
{
    unsigned length;
    auto_free char *domain = store->read(store->handle, transaction, entries->domain, &length);

    /* Else the first write would make a domain that nobody ever removes. */
    if (!domain && errno == ENOENT)
        return error_set(err, ERROR_INTERNAL, "there is no domain %d in xenstore", entries->domid);
    if (!domain)
        return write_failed("find", entries->domain, err);
    for (size_t i = 0; i < entries->count; i++)
        if (write_entry(store, transaction, entries->domid, &entries->list[i], err) < 0)
            return -1;
    return 0;
}

static int write_all_entries(const struct xenstore *store, const void *context,
                             struct buffer *answer, struct error *err)
{
    (void)answer;
    for (int i = 0; i < TRANSACTIONS_MAX; i++) {
        uint32_t transaction = store->transaction_start(store->handle);
        if (!transaction)
            return error_set_errno(err, ERROR_INTERNAL, "cannot start a transaction in xenstore");
        if (write_entries(store, transaction, context, err) < 0)
            return -1; /* the end of the connection undoes the transaction */
        if (store->transaction_end(store->handle, transaction, false))
            return 0;
        if (errno != EAGAIN)
            return error_set_errno(err, ERROR_INTERNAL, "cannot end a transaction in xenstore");
    }
    return error_set(err, ERROR_INTERNAL,
                     "xenstore was changed by others during each of %d transactions; try again "
                     "later",
                     TRANSACTIONS_MAX);
}

int xenstore_give_data(int domid, const struct record *record, struct error *err)
{
    __attribute__((cleanup(entries_free))) struct entries entries = {
        .domid = domid, .domain = xasprintf("/local/domain/%d", domid)};
    auto_buffer struct buffer nothing = BUFFER_INIT(0);

    if (domid < 0)
        return 0;
    int result = collect(record, &entries, err);
    if (result == 0 && entries.count == 0)
        return 0;
    if (result == 0 && !xenstore_is_here())
        result = error_set(err, ERROR_INTERNAL, "xenstored's socket is not there; is it running?");
    if (result == 0)
        result = xenstore_converse(write_all_entries, &entries, &nothing, err);
    if (result == 0)
        return 0;
    return error_prefix(err, "cannot give domain %d the xenstore_data of VM %s", domid, record->id);
}
