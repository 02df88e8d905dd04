/* How fast a file comes: a server that sends nothing, or next to nothing, is given up.
 *
 * Two clocks run. The first is set back by each sign of life. The second measures windows of the
 * same length, in each of which FETCH_RATE_MIN bytes a second must have come, for one byte a minute
 * is a sign of life, too. All times are clock_ms().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_SOURCE_PACE_H
#define LOADER_FETCH_SOURCE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/memory.h"

struct pace {
    int64_t last_sign;
    bool measured; /* the second clock runs */
    int64_t window_start;
    uint64_t window_bytes; /* since then */
};

enum pace_verdict { PACE_FINE, PACE_STALLED, PACE_SLOW };

/* The server has got its request, at NOW: what it says is not measured yet. */
void pace_start(struct pace *pace, int64_t now);
/* From NOW on, bytes of the file should come. */
void pace_measure(struct pace *pace, int64_t now);
/* COUNT bytes have come, at NOW. */
void pace_sign(struct pace *pace, int64_t now, uint64_t count);
/* From BEFORE until NOW we did not listen, which is not the server's fault. */
void pace_pardon(struct pace *pace, int64_t before, int64_t now);

/* What is to be said at NOW, when STALL seconds are allowed. *NEXT is how many milliseconds later
 * that may change. */
enum pace_verdict pace_judge(struct pace *pace, unsigned stall, int64_t now,
                             int64_t *next) must_check;

#endif
