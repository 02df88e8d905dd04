/* Where the transfer of one file by curl stands; shared by the files of this folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_TRANSFER_STATE_H
#define LOADER_FETCH_CURL_TRANSFER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "common/error.h"
#include "loader/fetch/curl/connection.h"
#include "loader/fetch/curl/response.h"
#include "loader/fetch/source/transfer.h"

/* Must not move: curl points to it. */
struct curl_transfer {
    struct transfer base; /* what others see; it stands first */
    const struct connection *connection;
    long status;   /* of the last response; 0: none */
    bool accepted; /* the server has said that the file is there */

    /* One attempt. */
    CURL *easy;               /* NULL between attempts */
    struct curl_slist *words; /* headers or commands of its own */
    char curl_error[CURL_ERROR_SIZE];
    struct response response;
    size_t header_bytes, header_lines, discarded_bytes;
    char *location;       /* where the last redirect pointed to */
    bool connected;       /* the request is on its way: the pace counts */
    unsigned interims;    /* 1xx responses */
    struct error refusal; /* why the gate let an address not pass; empty: it did */

    /* The way that the requests went: see gate.h. */
    enum address_class outermost;
    bool secure;            /* one of them was by https */
    bool requested;         /* one of them has gone out, to: */
    struct address address; /* … the last of them */

    /* Resuming. */
    char *resume_url; /* the one that answered, after redirects */
    unsigned resumes;
    int64_t resume_at; /* clock_ms(), when `easy` is NULL and the state is RUNNING */
};

#endif
