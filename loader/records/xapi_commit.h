/* Changing a VM's record in xapi's database.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORDS_XAPI_COMMIT_H
#define LOADER_RECORDS_XAPI_COMMIT_H

#include <jansson.h>

#include "common/error.h"
#include "common/memory.h"
#include "loader/records/xapi.h"

/* How often a map's key is removed and added again while somebody else adds it, too. */
#define XAPI_MAP_TRIES_MAX 5

/* Changes of one commit. The loader's own lists have less than 30. */
#define XAPI_CHANGES_MAX 1000

/* Says whether CHANGES (as loader/record/changes.h describes them) are such as xapi can make,
 * whatever the record. 0, or -1 with ERR. No I/O. */
int xapi_check_changes(const json_t *changes, struct error *err) must_check;

/* Loads the record, checks all tests of CHANGES, then makes all other changes in their order, but
 * those that are made already. 0; or -1 with ERR, and xapi->status as for loading, or XAPI_CHANGED
 * when a test does not hold, and then nothing was changed. */
int xapi_commit(struct xapi *xapi, const json_t *changes, struct error *err) must_check;

#endif
