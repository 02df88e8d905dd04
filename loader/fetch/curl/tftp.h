/* TFTP by curl (RFC 1350), with blocks that fit an Ethernet frame (RFC 2348). It knows neither
 * logins nor resuming.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_TFTP_H
#define LOADER_FETCH_CURL_TFTP_H

#include "loader/fetch/curl/protocol.h"

extern const struct protocol protocol_tftp;

#endif
