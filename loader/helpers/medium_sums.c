/* Asks the helper `medium` for sums. See medium_sums.h; the contract is common/protocol/medium.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/medium_sums.h"

#include <string.h>

#include "common/escape.h"
#include "common/protocol/medium.h"
#include "loader/helpers/call.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/member.h"

static char *make_request(const struct settings *settings, const struct summed *file,
                          bool for_tables, enum digest digest, struct error *err)
{
    auto_free char *name = text_escape(file->name);
    json_auto_t *json =
        json_pack("{s:s,s:s,s:b,s:b,s:s?,s:I,s:I}", "mode", MEDIUM_SUMS, "name", name, "verify", 0,
                  "tables", (int)for_tables, "digest", digest_name(digest), "at",
                  (json_int_t)file->at, "length", (json_int_t)file->length);
    helper_add_user(json, settings);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    if (!text)
        error_set(err, ERROR_INTERNAL, "cannot make the request for the helper medium");
    return text;
}

static bool take_other(const json_t *answer, enum digest digest, struct checksum *other)
{
    const char *hex = member_text(answer, "other");

    return digest == DIGEST_NONE || (hex && checksum_set(other, digest, hex, strlen(hex)));
}

int medium_sums_take(const struct settings *settings, const struct summed *file, bool for_tables,
                     enum digest digest, struct medium_sums *sums, struct error *err)
{
    auto_free char *request = make_request(settings, file, for_tables, digest, err);
    const struct helper_call call = {.name = MEDIUM_NAME,
                                     .request = request,
                                     .fds = &file->fd,
                                     .fd_count = 1,
                                     .silence_seconds = HELPER_SILENCE,
                                     .total_seconds = helper_seconds(settings),
                                     .total_setting = "fetch-timeout",
                                     .doing = "reading",
                                     .quiet = settings->quiet};
    json_auto_t *answer = NULL;

    *sums = (struct medium_sums){.md5 = ""};
    if (!request || helper_run(&call, &answer, NULL, err) < 0)
        return -1;
    if ((for_tables && (!member_hex(answer, "md5", sums->md5, 32) ||
                        !member_hex(answer, "sha256", sums->sha256, 64))) ||
        !take_other(answer, digest, &sums->other))
        return error_set(err, ERROR_INTERNAL, "the helper medium gave an answer that is damaged");
    return 0;
}
