/* A lane to a repository: one run asks it for what the host has not, and those that want the same
 * wait. When the one dies, its lane is free, and the next takes over.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CACHE_LANE_H
#define LOADER_CACHE_LANE_H

#include <stdint.h>

#include "common/error.h"
#include "loader/cache/store.h"

/* Waits for the lane to REPOSITORY at most MS milliseconds: OPERATION is LOCK_EX to fetch from it,
 * LOCK_SH to ask whether what the host has is still there, which several may at once. A descriptor,
 * whose end is the lane's; -1 with ERR: the time is over, or a signal came (ERROR_INTERRUPTED). */
int cache_lane(const struct cache *cache, const char *repository, int operation, int64_t ms,
               struct error *err) must_check;

/* SipHash-2-4 of TEXT by KEY. */
uint64_t cache_lane_hash(const unsigned char key[16], const char *text) must_check;

#endif
