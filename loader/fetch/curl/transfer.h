/* One file by curl, to its last byte, whatever the protocol: bounds while it comes, and resuming
 * when the connection drops. Private to this folder: others use kinds.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_TRANSFER_H
#define LOADER_FETCH_CURL_TRANSFER_H

#include "loader/fetch/curl/transfer_state.h"

/* Starts the transfer of PATH of CONNECTION's repository. NULL with ERR. */
struct curl_transfer *curl_transfer_start(const struct connection *connection, const char *path,
                                          const struct transfer_spec *spec,
                                          struct error *err) must_check;
/* Ends it, whatever its state, and frees all of it. */
void curl_transfer_stop(struct curl_transfer *transfer);

/* curl is done with the attempt; look at the clock. The latter returns milliseconds until the
 * transfer needs another look, at most MAX. */
void curl_transfer_attempt_done(struct curl_transfer *transfer, CURLcode code);
int curl_transfer_look(struct curl_transfer *transfer, int max);

#endif
