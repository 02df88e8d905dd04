/* URLs as text, for whoever hands them on or shows them. Who connects to one has a parser of it:
 * see loader/fetch/curl/url.h.
 *
 * What stands in front of a host ("USER:PASSWORD@") is a login here. It is looked for up to the
 * last '@' in front of the path, so that no part of a password is ever taken for a host.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_URL_H
#define COMMON_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"

/* What follows the scheme's "://" and the login of URL, which keeps it: "host/path". The whole
 * text when there is no "://". */
const char *url_behind_login(const char *url) must_check;
/* URL for people, and for what is recorded: without its login. The caller frees. */
char *url_without_login(const char *url) must_check;

/* The port of URL, its scheme's own (http's, https's, ftp's, tftp's) where it names none; without
 * "://" it is "HOST:PORT", as people write proxies. 0: it has none that could be. */
uint16_t url_port(const char *url) must_check;

/* The bytes of PATH, from its start, that name an image in the place of a folder: up to the end of
 * its first part that ends in ".iso", in any case of letters, else all of it. */
size_t url_image_length(const char *path) must_check;

/* Takes the URL of a file apart, as the helper `fetch` wants it: *FOLDER is the URL of its folder,
 * with the query and without the fragment; *PATH the file's name, its percent signs decoded. The
 * caller frees both, also after false: it names no file, or its name cannot be one (a percent sign
 * that encodes nothing, or a NUL). */
bool url_split_file(const char *url, char **folder, char **path) must_check;

#endif
