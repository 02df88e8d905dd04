/* What all transfers have in common: their ends, and their bounds. See transfer.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/source/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/protocol/fetch.h"
#include "common/text.h"

void transfer_init(struct transfer *t, const struct source_settings *settings,
                   const struct transfer_spec *spec, char *url)
{
    *t = (struct transfer){.spec = *spec, .settings = settings, .url = url};
}

void transfer_drop(struct transfer *t)
{
    error_clear(&t->err);
    free(t->url);
    free(t->shown);
    free(t->absence);
    free(t->validator);
    *t = (struct transfer){.state = TRANSFER_FAILED};
}

int transfer_fail(struct transfer *t)
{
    t->state = TRANSFER_FAILED;
    return -1;
}

void transfer_missing(struct transfer *t, const char *absence)
{
    replace_string(&t->absence, xstrdup(absence));
    t->state = TRANSFER_MISSING;
}

int transfer_give_error(struct transfer *t, struct error *err)
{
    error_clear(err);
    *err = t->err;
    t->err = ERROR_INIT;
    return -1;
}

const char *transfer_shown(const struct transfer *t)
{
    return t->shown ? t->shown : t->url;
}

char *transfer_of_total(const struct transfer *t)
{
    return t->total_known ? xasprintf(" of %llu", (unsigned long long)t->total) : xstrdup("");
}

/* --- sizes --------------------------------------------------------------------------------- */

int transfer_too_large(struct transfer *t, bool announced, uint64_t size)
{
    char limit[TEXT_SIZE_LENGTH];

    error_set(&t->err, t->spec.limit_error,
              "%s: the %s is larger than the limit of %llu bytes (%s): %s %llu bytes",
              transfer_shown(t), t->spec.what ? t->spec.what : "file",
              (unsigned long long)t->spec.limit, text_from_size(t->spec.limit, limit),
              announced ? "the server announces" : "it was stopped after",
              (unsigned long long)size);
    return transfer_fail(t);
}

int transfer_identify(struct transfer *t, const char *validator, bool lasts)
{
    replace_string(&t->validator, validator ? xstrdup(validator) : NULL);
    t->validator_lasts = validator && lasts;
    if (!t->spec.known || !validator || strcmp(t->spec.known, validator) != 0)
        return 0;
    t->state = TRANSFER_UNCHANGED;
    return -1;
}

int transfer_announce(struct transfer *t, uint64_t total)
{
    t->total_known = true;
    t->total = total;
    return total > t->spec.limit ? transfer_too_large(t, true, total) : 0;
}

int transfer_take(struct transfer *t, const void *bytes, size_t length)
{
    int64_t before = clock_ms();

    if (t->total_known && length > t->total - t->received) {
        error_set(
            &t->err, ERROR_INVALID_SOURCE,
            "%s: the server announced %llu bytes and sends more: try again, or another mirror",
            t->url, (unsigned long long)t->total);
        return transfer_fail(t);
    }
    if (length > t->spec.limit - t->received)
        return transfer_too_large(t, false, t->received + length);
    if (t->spec.data(t->spec.context, bytes, length, &t->err) < 0)
        return transfer_fail(t);
    t->received += length;
    /* That may have waited for the disk. */
    pace_pardon(&t->pace, before, clock_ms());
    return 0;
}

/* --- time ---------------------------------------------------------------------------------- */

static int64_t fail_for_silence(struct transfer *t)
{
    auto_free char *of = transfer_of_total(t);

    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: nothing came for %u seconds, after %llu%s bytes: the server or the network has "
              "stalled; try again later, or allow more time (--stall-timeout)",
              transfer_shown(t), t->settings->stall_timeout, (unsigned long long)t->received, of);
    (void)transfer_fail(t);
    return 0;
}

static int64_t fail_for_slowness(struct transfer *t)
{
    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: only %llu bytes came in %u seconds, and %d bytes a second is the least: the "
              "server or the network is too slow; try another mirror, or let it be measured over "
              "more time (--stall-timeout)",
              transfer_shown(t), (unsigned long long)t->pace.window_bytes,
              t->settings->stall_timeout, FETCH_RATE_MIN);
    (void)transfer_fail(t);
    return 0;
}

static int64_t fail_for_deadline(struct transfer *t)
{
    auto_free char *of = transfer_of_total(t);

    error_set(&t->err, ERROR_INVALID_SOURCE,
              "%s: %llu%s bytes came until all the time of %u seconds was over; try another "
              "mirror, or allow more time (--fetch-timeout)",
              transfer_shown(t), (unsigned long long)t->received, of, t->settings->total_timeout);
    (void)transfer_fail(t);
    return 0;
}

int64_t transfer_until_late(struct transfer *t, bool work, int64_t now, int64_t deadline)
{
    int64_t left = deadline - now, next = left;

    if (left <= 0)
        return fail_for_deadline(t);
    if (work) {
        enum pace_verdict verdict = pace_judge(&t->pace, t->settings->stall_timeout, now, &next);
        if (verdict == PACE_STALLED)
            return fail_for_silence(t);
        if (verdict == PACE_SLOW)
            return fail_for_slowness(t);
    }
    return next < left ? next : left;
}
