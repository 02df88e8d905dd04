/* The language of an xl.cfg, as libxlu reads it (xl.cfg(5), "SYNTAX"): settings, each a text, a
 * number or a list.
 *
 * Two kinds of escapes, \xHH and \OOO, are refused: libxlu of Xen 4.17 refuses the first, and makes
 * an empty text of the second.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_CHECK_XL_CONFIG_H
#define LOADER_CHECK_XL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/memory.h"

/* Bytes of a file, settings in it, values of a list, and lists within lists: far more than any
 * guest has. */
#define XL_CONFIG_SIZE_MAX     (1024 * 1024)
#define XL_CONFIG_SETTINGS_MAX 1000
#define XL_CONFIG_VALUES_MAX   1000
#define XL_CONFIG_DEPTH_MAX    8

struct xl_setting {
    char *name;
    bool list;
    char **values; /* one, where it is no list; NULL: a list within the list */
    size_t count;
};

/* Starts zeroed; owned, freed by xl_config_free(). */
struct xl_config {
    struct xl_setting *settings;
    size_t count;
};
void xl_config_free(struct xl_config *config);
#define auto_xl_config __attribute__((cleanup(xl_config_free)))

/* Reads TEXT of LENGTH bytes and a NUL, which is the file NAME's. 0; or -1 with ERR, which names
 * file and line. The caller frees CONFIG in both cases. */
int xl_config_parse(const char *text, size_t length, const char *name, struct xl_config *config,
                    struct error *err) must_check;

/* NULL: it is not there. */
const struct xl_setting *xl_config_find(const struct xl_config *config,
                                        const char *name) must_check;
/* Its text; NULL: it is not there, or a list. */
const char *xl_config_text(const struct xl_config *config, const char *name) must_check;

#endif
