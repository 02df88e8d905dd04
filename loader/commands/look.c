/* Which volume, and what is asked of it. See look.h; the contract is common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/look.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/helpers/probing.h"

static int add_disk(struct look *look, const char *path, size_t length, struct error *err)
{
    if (look->count == GUEST_DISKS_MAX)
        return error_set(err, ERROR_USAGE, "more than %d disks cannot be looked at",
                         GUEST_DISKS_MAX);
    look->disks[look->count++] = xasprintf("%.*s", (int)length, path);
    return 0;
}

/* How long the DISK of TEXT is. */
static size_t disk_length(const char *text)
{
    size_t whole = strlen(text);

    if (access(text, F_OK) == 0)
        return whole;
    for (size_t length = whole; length > 1; length--)
        if (text[length - 1] == ':') {
            auto_free char *disk = xasprintf("%.*s", (int)(length - 1), text);
            if (access(disk, F_OK) == 0)
                return length - 1;
        }
    return whole;
}

int look_parse(const struct settings *settings, struct look *look, struct error *err)
{
    const char *text = settings->operands[0];
    size_t length = disk_length(text);

    look->settings = settings;
    if (add_disk(look, text, length, err) < 0)
        return -1;
    if (text[length])
        look->volume = xstrdup(text + length + 1);
    for (const char *rest = settings->further_disks; rest && *rest;) {
        size_t part = strcspn(rest, ",");
        if (part && add_disk(look, rest, part, err) < 0)
            return -1;
        rest += part + (rest[part] == ',');
    }
    return 0;
}

void look_free(struct look *look)
{
    while (look->count)
        free(look->disks[--look->count]);
    replace_string(&look->volume, NULL);
}

int look_ask(const struct look *look, const char *path, bool types, int stream, json_t **answer,
             struct error *err)
{
    const struct probing probing = {.settings = look->settings,
                                    .disks = look->disks,
                                    .count = look->count,
                                    .streams = stream >= 0,
                                    .stream = stream,
                                    .slow = stream >= 0};
    auto_free char *whole = xasprintf("%s%s", *path == '/' ? "" : "/", path);
    json_t *request = json_pack("{s:{s:b,s:b,s:s?,s:s}}", "look", "list", (int)(stream < 0),
                                "types", (int)types, "volume", look->volume, "path", whole);

    if (!request) {
        if (stream >= 0)
            close_fd(&stream);
        return error_set(err, ERROR_USAGE, "cannot ask for that volume or path: it is not UTF-8");
    }
    if (probing_run(&probing, request, answer, NULL, err) < 0)
        return error_prefix(err, "cannot look into %s", look->disks[0]);
    return 0;
}
