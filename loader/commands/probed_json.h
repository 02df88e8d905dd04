/* What was found on a guest's disks, as JSON for programs: what `probe --json` and
 * `identify --json` print.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_COMMANDS_PROBED_JSON_H
#define LOADER_COMMANDS_PROBED_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include "common/memory.h"
#include "loader/helpers/probed.h"

/* Each makes an object or an array, which the caller frees. What is not known is null. */
json_t *probed_json_disks(const struct probed *probed) must_check;
json_t *probed_json_volumes(const struct probed *probed) must_check;
json_t *probed_json_entries(const struct probed *probed) must_check;
json_t *probed_json_boot(const struct probed *probed) must_check;
json_t *probed_json_problems(const struct probed *probed) must_check;
/* All of it in one object. */
json_t *probed_json(const struct probed *probed) must_check;

#endif
