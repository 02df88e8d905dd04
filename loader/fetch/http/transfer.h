/* One file over HTTP, to its last byte: limits while it comes, and resuming when the
 * connection drops. Private to this folder: others use http.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_HTTP_TRANSFER_H
#define LOADER_FETCH_HTTP_TRANSFER_H

#include "loader/fetch/http/transfer_state.h"

/* Starts the transfer of PATH of CONNECTION's repository. 0, or -1 with ERR. */
int transfer_start(struct transfer *transfer, const struct connection *connection, const char *path,
                   const struct transfer_spec *spec, struct error *err) must_check;
/* Ends it, whatever its state, and frees all of it. */
void transfer_stop(struct transfer *transfer);

/* For http_step(): curl is done with the attempt; look at the clock. The latter returns
 * milliseconds until the transfer needs another look, at most MAX. */
void transfer_attempt_done(struct transfer *transfer, CURLcode code);
int transfer_look(struct transfer *transfer, int max);

#endif
