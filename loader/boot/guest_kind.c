/* Who says what kind of guest it is. See guest_kind.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/guest_kind.h"

#include <string.h>

/* xapi's field of a VM's record, and its words. What it calls PV in PVH starts a PV kernel, within
 * a PVH domain of its own. */
static const char field[] = "domain_type";
static const struct {
    const char *word;
    enum guest_kind kind;
} domain_types[] = {{"pv", GUEST_PV}, {"pv_in_pvh", GUEST_PV}, {"pvh", GUEST_PVH}};

static int of_record(const struct record *record, enum guest_kind *kind, struct error *err)
{
    const char *word = NULL;

    *kind = GUEST_UNKNOWN;
    if (!record)
        return 0;
    if (record_get(record, NULL, field, &word, err) < 0)
        return -1;
    for (size_t i = 0; word && i < ARRAY_SIZE(domain_types); i++)
        if (strcmp(word, domain_types[i].word) == 0)
            *kind = domain_types[i].kind;
    return 0;
}

/* A known KIND, with what SETTING adds to it. */
static enum guest_kind refine(enum guest_kind kind, enum guest_kind setting)
{
    return kind == GUEST_UNKNOWN || (kind == GUEST_PV && setting == GUEST_PV32) ? setting : kind;
}

int guest_kind_find(const struct settings *settings, const struct settings *words,
                    const struct record *record, const struct xenstore_found *store,
                    enum guest_kind *kind, struct error *err)
{
    enum guest_kind setting = settings->guest_kind, recorded;

    *kind = setting;
    if (settings->guest_kind_origin == ORIGIN_COMMAND_LINE)
        return 0;
    if (words && words->guest_kind_origin == ORIGIN_COMMAND_LINE) {
        *kind = words->guest_kind;
        return 0;
    }
    if (of_record(record, &recorded, err) < 0)
        return -1;
    *kind = refine(store->kind != GUEST_UNKNOWN ? store->kind : recorded, setting);
    return 0;
}

const char *guest_kind_type(enum guest_kind kind)
{
    return kind == GUEST_PVH ? "pvh" : "pv";
}
