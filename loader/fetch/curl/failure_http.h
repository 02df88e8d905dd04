/* Why a transfer by HTTP or HTTPS failed: statuses, certificates, redirects, the proxy. Private to
 * this folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_FAILURE_HTTP_H
#define LOADER_FETCH_CURL_FAILURE_HTTP_H

#include "loader/fetch/curl/transfer_state.h"

/* Sets the transfer's error by the server's status. */
void failure_from_status(struct curl_transfer *transfer);
/* The same by what curl says; false: it says nothing that is HTTP's own. */
bool failure_from_curl_http(struct curl_transfer *transfer, CURLcode code) must_check;
/* Sets `refusal` in its place: a request that would leave https for http. */
void failure_from_downgrade(struct curl_transfer *transfer);

#endif
