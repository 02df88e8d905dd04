/* What a tree was recognised as, in an answer of fetch or medium.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_PROTOCOL_RECOGNISED_H
#define COMMON_PROTOCOL_RECOGNISED_H

#include <jansson.h>

#include "distros/recognise.h"

/* RECOGNISED as common/protocol/fetch.h has it; null when there is no family. */
json_t *recognised_json(const struct recognised *recognised);

#endif
