/* Volumes as the answer has them, see common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_ANSWER_VOLUMES_H
#define FSPROBE_ANSWER_VOLUMES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/memory.h"
#include "fsprobe/config/menu.h"
#include "fsprobe/fs/guest.h"
#include "fsprobe/fs/problems.h"

#define ANSWER_TEXT_MAX (2 * MENU_TEXT_MAX) /* bytes of any text but problems, escaped */
/* Bytes that the paths of all subvolumes may take, for a line has its bound (CHILD_LINE_MAX). */
#define ANSWER_SUBVOLUMES_MAX (64 * 1024)

/* TEXT, MAX bytes of it, escaped when it is not clean; NULL as null. The caller frees. */
json_t *answer_text(const char *text, size_t max) must_check;
json_t *answer_text_or_null(const char *text) must_check;
/* Where VOLUME begins on its disk; null when it is not one range of it. */
json_t *answer_offset(const struct volume *volume) must_check;
/* All volumes of GUEST; with their SUBVOLUMES, where that is set: what cannot be read of them, or
 * has no room, goes into PROBLEMS. The caller frees. */
json_t *answer_volumes(struct guest *guest, bool subvolumes, struct problems *problems) must_check;

#endif
