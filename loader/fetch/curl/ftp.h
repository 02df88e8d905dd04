/* FTP by curl (RFC 959, 2428, 3659): passive, resumed when size and time of the file are the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_FTP_H
#define LOADER_FETCH_CURL_FTP_H

#include "loader/fetch/curl/protocol.h"

extern const struct protocol protocol_ftp;

#endif
