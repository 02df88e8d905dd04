/* What kind of guest a kernel has to start as.
 *
 * The domain exists already when a toolstack asks for its kernel, and a kernel that cannot start as
 * what it is ends in a message of the domain builder, or in a guest that says nothing. So whoever
 * knows the kind is asked before that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_GUEST_KIND_H
#define LOADER_BOOT_GUEST_KIND_H

#include "common/error.h"
#include "loader/boot/xenstore.h"
#include "loader/record/record.h"
#include "loader/settings/options.h"

/* *KIND is, of those that say something, the first of: `guest-type` on the command line (SETTINGS),
 * in a record's own words (WORDS; may be NULL), libxl's type in xenstore (STORE), xapi's
 * domain_type in RECORD (may be NULL), and `guest-type` elsewhere. A type that only says "PV"
 * leaves it to `guest-type` to say of how many bits. GUEST_UNKNOWN: nobody says it. 0; or -1 with
 * ERR: the record's field is no text. */
int guest_kind_find(const struct settings *settings, const struct settings *words,
                    const struct record *record, const struct xenstore_found *store,
                    enum guest_kind *kind, struct error *err) must_check;

/* As xl.cfg's `type` has it: "pv" or "pvh". */
const char *guest_kind_type(enum guest_kind kind);

#endif
