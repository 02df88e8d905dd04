/* HTTP and HTTPS by curl: which responses bring a file, and which say that it is not there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_HTTP_H
#define LOADER_FETCH_CURL_HTTP_H

#include "loader/fetch/curl/protocol.h"

extern const struct protocol protocol_http;

#endif
