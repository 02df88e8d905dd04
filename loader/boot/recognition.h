/* What a repository was recognised as, against what was asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_BOOT_RECOGNITION_H
#define LOADER_BOOT_RECOGNITION_H

#include <stdbool.h>

#include "common/error.h"
#include "distros/distros.h"
#include "loader/helpers/fetch.h"

/* True when FAMILY leaves it to the repository ("auto"). */
bool recognition_is_auto(const char *family);

/* Warns when FETCHED, also one that failed, was recognised as a family other than FAMILY, which
 * KEY ("install-distro", "--distro") asked for. */
void recognition_warn(const struct fetched *fetched, const char *key, const char *family,
                      const char *repository);

/* The family that the helper took for "auto", which must be one that recognition knows. NULL with
 * ERR. */
const struct distro *recognition_taken(const struct fetched *fetched, struct error *err) must_check;

#endif
