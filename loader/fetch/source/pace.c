/* The two clocks of a transfer. See pace.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/source/pace.h"

#include "common/protocol/fetch.h"

void pace_start(struct pace *pace, int64_t now)
{
    *pace = (struct pace){.last_sign = now};
}

void pace_measure(struct pace *pace, int64_t now)
{
    pace->measured = true;
    pace->window_start = now;
    pace->window_bytes = 0;
}

void pace_sign(struct pace *pace, int64_t now, uint64_t count)
{
    pace->last_sign = now;
    pace->window_bytes += count;
}

void pace_pardon(struct pace *pace, int64_t before, int64_t now)
{
    pace->last_sign = now;
    pace->window_start += now - before;
}

enum pace_verdict pace_judge(struct pace *pace, unsigned stall, int64_t now, int64_t *next)
{
    int64_t allowed = (int64_t)stall * 1000;
    int64_t silent = pace->last_sign + allowed - now, slow = pace->window_start + allowed - now;

    *next = silent;
    if (silent <= 0)
        return PACE_STALLED;
    if (!pace->measured)
        return PACE_FINE;
    if (slow > 0) {
        *next = slow < silent ? slow : silent;
        return PACE_FINE;
    }
    if (pace->window_bytes < (uint64_t)stall * FETCH_RATE_MIN)
        return PACE_SLOW;
    pace_measure(pace, now);
    return PACE_FINE;
}
