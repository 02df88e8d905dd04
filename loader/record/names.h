/* The names by which people set and see what a record holds: those of `xe vm-param-set`.
 * The record itself uses the names of xapi's VM.get_record.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORD_NAMES_H
#define LOADER_RECORD_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"

struct record_name {
    const char *user; /* "PV-bootloader"; for a map "other-config" */
    const char *json; /* "PV_bootloader", "other_config" */
};

/* The fields and the maps that may be changed, each list ended by one whose names are
 * NULL. */
extern const struct record_name record_fields[];
extern const struct record_name record_maps[];

/* The names that a person may give, for a message. */
#define RECORD_NAMES_KNOWN                                                                 \
    "PV-bootloader, PV-bootloader-args, PV-args, name-label, other-config:K, platform:K, " \
    "xenstore-data:K, install-…, debian-release"

/* What the LENGTH bytes of NAME stand for, as a person gave it: *MAP is the record's map
 * ("other_config"), or NULL for a field; *KEY is the field or the map's key, which the
 * caller frees. A bare "install-…" or "debian-release" is a key of other_config. False when
 * the name is not known; a map's key may be anything, even empty. */
bool record_name_parse(const char *name, size_t length, const char **map, char **key) must_check;

/* The other way round: "PV-bootloader", "other-config:install-round". What has no such name
 * keeps its own. The caller frees. */
char *record_name_of(const char *map, const char *key) must_check;

/* True when NAME stands in LIST as a record's own name. */
bool record_name_listed(const struct record_name *list, const char *name) must_check;

#endif
