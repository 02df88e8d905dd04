/* Changing a VM's record in xapi. See xapi_commit.h.
 *
 * xapi makes one change at a time, and knows no tests: what somebody else changes between the load
 * and the last call is not seen, but for a key that appears in a map.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/records/xapi_commit.h"

#include <string.h>

#include "loader/record/changes.h"
#include "loader/records/xapi_record.h"

#define PATH_TOKENS_MAX 3 /* /VBDs/USERDEVICE/bootable */

/* The methods that change what a path's first part names: a field by set, a map's key by remove
 * and add. */
static const struct xapi_place {
    const char *name, *set, *remove, *add;
} places[] = {
    {"PV_args", "VM.set_PV_args", NULL, NULL},
    {"PV_bootloader", "VM.set_PV_bootloader", NULL, NULL},
    {"PV_bootloader_args", "VM.set_PV_bootloader_args", NULL, NULL},
    {"other_config", NULL, "VM.remove_from_other_config", "VM.add_to_other_config"},
    {"platform", NULL, "VM.remove_from_platform", "VM.add_to_platform"},
    {"VBDs", "VBD.set_bootable", NULL, NULL},
};

/* One change, taken apart. */
struct step {
    const char *op;
    json_t *value; /* borrowed; NULL when there is none */
    char *text;    /* owned; the tokens point into it */
    const char *token[PATH_TOKENS_MAX];
    size_t tokens;
    const struct xapi_place *place; /* NULL: xapi has none that eliloader changes */
};

static void step_free(struct step *step)
{
    replace_string(&step->text, NULL);
}
#define auto_step __attribute__((cleanup(step_free)))

/* --- reading a change ------------------------------------------------------------------------ */

/* "~1" and "~0" of a JSON pointer, in place. */
static void unescape_token(char *token)
{
    char *out = token;
    for (const char *in = token; *in; in++) {
        if (*in == '~' && (in[1] == '0' || in[1] == '1'))
            *out++ = *++in == '0' ? '~' : '/';
        else
            *out++ = *in;
    }
    *out = '\0';
}

static const struct xapi_place *find_place(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (strcmp(places[i].name, name) == 0)
            return &places[i];
    return NULL;
}

/* What record_apply() takes for malformed may come out as anything, but within its bounds. */
static void read_step(const json_t *change, struct step *step)
{
    const char *op = json_string_value(json_object_get(change, "op"));
    const char *path = json_string_value(json_object_get(change, "path"));

    *step = (struct step){.op = op ? op : "", .value = json_object_get(change, "value")};
    step->text = xstrdup(path ? path : "");
    char *rest = *step->text == '/' ? step->text + 1 : step->text;
    for (char *token; step->tokens < PATH_TOKENS_MAX && (token = strsep(&rest, "/"));) {
        unescape_token(token);
        step->token[step->tokens++] = token;
    }
    step->place = find_place(step->token[0]);
}

static bool is_test(const struct step *step)
{
    return strcmp(step->op, "test") == 0;
}

static bool is_remove(const struct step *step)
{
    return strcmp(step->op, "remove") == 0;
}

static bool is_vbd(const struct step *step)
{
    return strcmp(step->token[0], "VBDs") == 0;
}

/* --- checking -------------------------------------------------------------------------------- */

static int check_step(const struct step *step, struct error *err)
{
    if (is_test(step))
        return 0;
    if (!step->place)
        return error_set(err, ERROR_INTERNAL,
                         "%s of a VM in xapi is not eliloader's to change; use `xe vm-param-set`",
                         step->token[0]);
    if (is_vbd(step) && is_remove(step))
        return error_set(err, ERROR_INTERNAL,
                         "a VBD in xapi is bootable or not; that cannot be removed");
    for (size_t i = 0; i < step->tokens; i++)
        if (!text_is_clean(step->token[i]))
            return error_set(err, ERROR_INTERNAL, "the key '%s' holds a control character",
                             step->token[i]);
    return 0;
}

/* A test that only has to be well-formed: what removes the same path is checked alike, and always
 * holds. One without a value is left for record_apply() to refuse. */
static json_t *without_test(json_t *change)
{
    const char *op = json_string_value(json_object_get(change, "op"));
    if (!op || strcmp(op, "test") != 0 || !json_object_get(change, "value"))
        return json_incref(change);
    json_t *path = json_object_get(change, "path");
    return path ? json_pack("{s:s, s:O}", "op", "remove", "path", path) : json_incref(change);
}

/* Says what is wrong with CHANGES however RECORD's values are: a malformed change, a disk that is
 * not there. */
static int check_without_tests(const json_t *record, const json_t *changes, struct error *err)
{
    json_auto_t *copy = json_deep_copy(record);
    json_auto_t *list = json_array();
    size_t i;
    json_t *change;
    json_array_foreach(changes, i, change)
    {
        json_array_append_new(list, without_test(change));
    }
    return record_apply(copy, json_is_array(changes) ? list : changes, err);
}

/* A record with all the disks that CHANGES name, to check what does not depend on a record. */
static json_t *blank_record(const json_t *changes)
{
    json_t *vbds = json_array();
    size_t i;
    json_t *change;
    json_array_foreach(changes, i, change)
    {
        auto_step struct step step = {0};
        read_step(change, &step);
        if (step.tokens == PATH_TOKENS_MAX && is_vbd(&step))
            json_array_append_new(vbds, json_pack("{s:s}", "userdevice", step.token[1]));
    }
    return json_pack("{s:o}", "VBDs", vbds);
}

int xapi_check_changes(const json_t *changes, struct error *err)
{
    json_auto_t *blank = blank_record(changes);
    size_t i;
    json_t *change;
    if (json_array_size(changes) > XAPI_CHANGES_MAX)
        return error_set(err, ERROR_INTERNAL, "there are %zu changes, at most %d are allowed",
                         json_array_size(changes), XAPI_CHANGES_MAX);
    if (check_without_tests(blank, changes, err) < 0)
        return -1;
    json_array_foreach(changes, i, change)
    {
        auto_step struct step step = {0};
        read_step(change, &step);
        if (check_step(&step, err) < 0)
            return -1;
    }
    return 0;
}

static int check_tests(struct xapi *xapi, const struct xapi_record *record, const json_t *changes,
                       struct error *err)
{
    json_auto_t *copy = json_deep_copy(record->json);
    if (check_without_tests(record->json, changes, err) < 0)
        return -1;
    if (record_apply(copy, changes, err) == 0)
        return 0;
    xapi->status = XAPI_CHANGED;
    return -1;
}

/* --- making ---------------------------------------------------------------------------------- */

/* An absent key is added at once, for it need not be removed; when it has appeared meanwhile, it
 * is removed and added until nobody comes between. */
static int set_key(struct xapi *xapi, json_t *ref, const struct step *step, bool present,
                   struct error *err)
{
    const char *key = step->token[1];
    for (unsigned try = 0; try < XAPI_MAP_TRIES_MAX; try++) {
        if ((present || try > 0) &&
            xapi_do(xapi, step->place->remove, json_pack("[O, s]", ref, key), err) < 0)
            return -1;
        if (xapi_do(xapi, step->place->add, json_pack("[O, s, O]", ref, key, step->value), err) ==
            0)
            return 0;
        if (!xapi_failed_with(xapi, "MAP_DUPLICATE_KEY", NULL))
            return -1;
    }
    return error_set(err, ERROR_INTERNAL,
                     "somebody else is changing '%s' of %s as well: it was removed %d times, and "
                     "each time it was back before it could be added",
                     key, step->place->name, XAPI_MAP_TRIES_MAX - !present);
}

static int call_for(struct xapi *xapi, const struct xapi_record *record, const struct step *step,
                    bool present, struct error *err)
{
    if (is_vbd(step)) {
        json_t *vbd = json_object_get(record->vbd_refs, step->token[1]);
        return xapi_do(xapi, step->place->set, json_pack("[O, O]", vbd, step->value), err);
    }
    if (step->place->set)
        return xapi_do(xapi, step->place->set, json_pack("[O, O]", record->ref, step->value), err);
    if (!is_remove(step))
        return set_key(xapi, record->ref, step, present, err);
    return xapi_do(xapi, step->place->remove, json_pack("[O, s]", record->ref, step->token[1]),
                   err);
}

/* CHANGE as xapi can make it, for the caller to free: a field is always there, and what removes it
 * empties it. */
static json_t *as_xapi_makes_it(json_t *change)
{
    auto_step struct step step = {0};
    read_step(change, &step);
    if (step.tokens != 1 || !is_remove(&step))
        return json_incref(change);
    return json_pack("{s:s, s:O, s:s}", "op", "add", "path", json_object_get(change, "path"),
                     "value", "");
}

/* Makes CHANGE in xapi, unless RECORD, which follows, says that it is made already. */
static int make_change(struct xapi *xapi, struct xapi_record *record, json_t *change,
                       struct error *err)
{
    auto_step struct step step = {0};
    json_auto_t *made = as_xapi_makes_it(change);
    json_auto_t *one = json_pack("[O]", made);
    json_auto_t *after = json_deep_copy(record->json);

    read_step(made, &step);
    if (is_test(&step))
        return 0;
    if (record_apply(after, one, err) < 0)
        return -1;
    bool same = json_equal(after, record->json);
    const json_t *map = json_object_get(record->json, step.token[0]);
    bool present = step.tokens > 1 && json_object_get(map, step.token[1]);
    if (!same && call_for(xapi, record, &step, present, err) < 0)
        return -1;
    json_decref(record->json);
    record->json = json_incref(after);
    return 0;
}

int xapi_commit(struct xapi *xapi, const json_t *changes, struct error *err)
{
    auto_xapi_record struct xapi_record record = XAPI_RECORD_INIT;
    size_t i;
    json_t *change;

    if (xapi_record_load(xapi, &record, err) < 0 || check_tests(xapi, &record, changes, err) < 0)
        return -1;
    json_array_foreach(changes, i, change)
    {
        if (make_change(xapi, &record, change, err) < 0) {
            if (xapi_failed_with(xapi, "HANDLE_INVALID", "VM"))
                xapi->status = XAPI_NO_VM;
            return -1;
        }
    }
    return 0;
}
