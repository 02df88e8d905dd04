/* Why a transfer failed: what, where, why, and what to do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_HTTP_FAILURE_H
#define LOADER_FETCH_HTTP_FAILURE_H

#include "loader/fetch/http/transfer_state.h"

/* Each sets the transfer's `err`: by what curl says; by the server's status; when nothing came for
 * too long; when the connection broke and cannot be resumed; when SIZE bytes (ANNOUNCED, or
 * received already) pass the limit. */
void failure_from_curl(struct transfer *transfer, CURLcode code);
void failure_from_status(struct transfer *transfer);
void failure_from_stall(struct transfer *transfer);
void failure_from_drop(struct transfer *transfer, CURLcode code);
/* By what came in since the transfer's window began, which is less than FETCH_RATE_MIN asks for. */
void failure_from_slowness(struct transfer *transfer);
/* When all the time that the run has is over. */
void failure_from_deadline(struct transfer *transfer);
void failure_from_limit(struct transfer *transfer, bool announced, uint64_t size);
/* Both set `refusal` in its place: a request that would leave https for http; a connection to
 * ADDRESS and PORT, with what reach_judge() says of it. */
void failure_from_downgrade(struct transfer *transfer);
void failure_from_reach(struct transfer *transfer, enum reach_verdict verdict,
                        const struct address *address, uint16_t port);
/* The URL for messages: with where it was redirected to, when it was. The caller frees. */
char *failure_url(const struct transfer *transfer);

#endif
