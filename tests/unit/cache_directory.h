/* A cache of 30 bytes in a directory of its own, for tests of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_UNIT_CACHE_DIRECTORY_H
#define TESTS_UNIT_CACHE_DIRECTORY_H

#include <stdlib.h>

#include "common/text.h"
#include "loader/cache/store.h"

static char *directory;
static struct settings settings;
static struct cache cache;

static int set_up(void **state)
{
    (void)state;
    auto_error struct error err = ERROR_INIT;
    const char *tmp = getenv("TMPDIR");

    directory = xasprintf("%s/eliloader-cache.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(directory))
        return -1;
    settings = (struct settings){.cache = directory, .cache_max = 30};
    return cache_open(&settings, &cache, &err) == 1 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    auto_free char *remove = xasprintf("rm -rf '%s'", directory);

    cache_close(&cache);
    int result = system(remove); /* NOLINT: a name of our own */
    free(directory);
    return result;
}

#endif
