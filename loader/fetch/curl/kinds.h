/* The kinds of source that curl reads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_KINDS_H
#define LOADER_FETCH_CURL_KINDS_H

#include "loader/fetch/source/source.h"

extern const struct source_kind source_http, source_ftp, source_tftp;

#endif
