/* Fuzz target: how people write places on NFS servers, and lists of mirrors, which a VM's editor
 * may choose.
 *
 * What is taken apart is a host and a clean path from '/' on, with ports and versions that there
 * are; the mirrors of a list, put together again, are the list.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/protocol/mirrors.h"
#include "common/text.h"
#include "loader/fetch/nfs/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void take_apart(const char *text)
{
    auto_nfs_place struct nfs_place place = {.version = 0};
    auto_error struct error err = ERROR_INIT;

    if (nfs_place_parse(text, &place, &err) < 0) {
        must(err.text != NULL);
        return;
    }
    must(*place.host && !strpbrk(place.host, "[]/@%?#,"));
    must(*place.path == '/' && text_is_clean(place.path));
    must(place.version == 0 || place.version == 3 || place.version == 4);
}

static void split(const char *text)
{
    auto_buffer struct buffer whole = BUFFER_INIT(strlen(text) + 1);
    size_t count = mirrors_count(text);

    for (size_t i = 0; i < count; i++) {
        auto_free char *url = mirrors_at(text, i);
        must(url != NULL);
        must(buffer_addf(&whole, "%s%s", i ? "," : "", url));
        take_apart(url);
    }
    auto_free char *more = mirrors_at(text, count);
    must(!more);
    must(strcmp(buffer_text(&whole), text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *text = xstrndup((const char *)data, size);

    split(text);
    return 0;
}
