/* The same file, or none. See resume.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/resume.h"

#include <string.h>

bool resume_is(const struct curl_transfer *t)
{
    return t->resumes > 0;
}

int resume_changed(struct curl_transfer *t)
{
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s was changed on the server while it was being fetched: try again", t->base.url);
    return transfer_fail(&t->base);
}

int resume_misplaced(struct curl_transfer *t)
{
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s: the server was asked for the bytes from %llu on and answered with others",
              t->base.url, (unsigned long long)t->base.received);
    return transfer_fail(&t->base);
}

int resume_accept_whole(struct curl_transfer *t, const char *validator, bool lasts,
                        const uint64_t *total)
{
    t->accepted = true;
    if (transfer_identify(&t->base, validator, lasts) < 0)
        return -1;
    return total ? transfer_announce(&t->base, *total) : 0;
}

int resume_accept_rest(struct curl_transfer *t, const char *validator, uint64_t first,
                       uint64_t total)
{
    if (!validator || !t->base.validator || strcmp(validator, t->base.validator) != 0)
        return resume_changed(t);
    if (first != t->base.received || (t->base.total_known && total != t->base.total))
        return resume_misplaced(t);
    return transfer_announce(&t->base, total);
}
