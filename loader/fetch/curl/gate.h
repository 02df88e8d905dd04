/* The gate that each connection and each request of a transfer passes: reach.h by curl's callbacks,
 * and no way back from https to http. Private to this folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_GATE_H
#define LOADER_FETCH_CURL_GATE_H

#include "loader/fetch/curl/transfer_state.h"

/* CURLOPT_OPENSOCKETFUNCTION; CONTEXT is the transfer. What is refused is the transfer's `refusal`:
 * the name may have another address that is not. */
curl_socket_t gate_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address);

/* The request of TRANSFER is to go out on a connection to REMOTE and PORT, new or used before. 0;
 * or -1 with the transfer's `refusal`: it must not. */
int gate_request(struct curl_transfer *transfer, const char *remote, int port) must_check;

#endif
