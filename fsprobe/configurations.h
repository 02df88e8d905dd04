/* A guest's boot configurations, tried in their order: see choose.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIGURATIONS_H
#define FSPROBE_CONFIGURATIONS_H

#include "fsprobe/choose_search.h"

/* Asks them until one decides, which SEARCH says then: what is booted, or why that cannot be. */
void configurations_try(struct choose_search *search);

#endif
