/* Why a transfer by curl failed: what, where, why, and what to do. Private to this folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_FAILURE_H
#define LOADER_FETCH_CURL_FAILURE_H

#include "loader/fetch/curl/transfer_state.h"

/* Longest part of a server's text in a sentence, in bytes. */
#define FAILURE_QUOTED_MAX 512

/* Each sets the transfer's error: by what curl says; when the connection broke and cannot be
 * resumed. */
void failure_from_curl(struct curl_transfer *transfer, CURLcode code);
void failure_from_drop(struct curl_transfer *transfer, CURLcode code);
/* Both set `refusal` in its place: a data connection to ADDRESS and PORT; any connection there,
 * with what reach_judge() says of it. */
void failure_from_data_address(struct curl_transfer *transfer, const struct address *address,
                               uint16_t port);
void failure_from_reach(struct curl_transfer *transfer, enum reach_verdict verdict,
                        const struct address *address, uint16_t port);

/* Texts for messages, which the caller frees. The URL, with where it was redirected to, when it
 * was; */
char *failure_url(const struct curl_transfer *transfer) must_check;
/* … where the last request of this attempt went; */
char *failure_effective_url(const struct curl_transfer *transfer) must_check;
/* … the machine that this host tried to talk to; */
char *failure_peer(const struct curl_transfer *transfer) must_check;
/* … the host and port that a refused request was to go to. */
char *failure_refused_target(const struct curl_transfer *transfer) must_check;

#endif
