/* What a value may be, by what --help and the usages call it: FILE, ID, FAMILY.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMPLETE_VALUES_H
#define LOADER_COMPLETE_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "loader/complete/offers.h"
#include "loader/settings/options_table.h"

/* Who knows the VMs: offers the ID of each behind PREFIX. */
struct value_ids {
    void (*offer)(void *context, struct offers *offers, const char *prefix);
    void *context;
};

/* Offers, behind PREFIX, what is called so in the LENGTH bytes of NAME. False when NAME is not
 * known: then nobody has thought of it (a test asks for each that there is). */
bool value_offer(const char *name, size_t length, const struct value_ids *ids, const char *prefix,
                 struct offers *offers);

/* The same for the value of OPTION. */
bool value_offer_option(const struct option *option, const struct value_ids *ids,
                        const char *prefix, struct offers *offers);

#endif
