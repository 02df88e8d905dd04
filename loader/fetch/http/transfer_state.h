/* Where the transfer of one file stands; shared by the files of this folder, and looked at by who
 * waits for it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_HTTP_TRANSFER_STATE_H
#define LOADER_FETCH_HTTP_TRANSFER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "common/error.h"
#include "loader/fetch/http/connection.h"
#include "loader/fetch/http/response.h"

enum transfer_state {
    TRANSFER_IDLE,
    TRANSFER_RUNNING,
    TRANSFER_DONE,
    TRANSFER_MISSING, /* 404 or 410: it is not there */
    TRANSFER_FAILED,  /* `err` says why */
};

struct transfer_spec {
    const char *what;            /* "kernel", "ramdisk"; NULL: metadata of the tree */
    uint64_t limit;              /* bytes of the whole file */
    enum error_name limit_error; /* what passing it is */
    /* Takes the bytes, in order and once each. 0, or -1 with ERR to end the transfer. */
    int (*data)(void *context, const void *bytes, size_t length, struct error *err);
    void *context;
};

/* Starts zeroed; http_start() starts it, http_stop() ends it. Must not move in between. */
struct transfer {
    struct transfer_spec spec;
    const struct connection *connection;
    enum transfer_state state;
    bool accepted; /* the server has said that the file is there */
    struct error err;
    char *url;         /* as asked for, without user name and password */
    uint64_t received; /* bytes of the file, over all attempts */
    bool total_known;
    uint64_t total; /* bytes of the file, as announced */
    long status;    /* of the last response; 0: none */

    /* One attempt. */
    CURL *easy; /* NULL between attempts */
    struct curl_slist *headers;
    char curl_error[CURL_ERROR_SIZE];
    struct response response;
    size_t header_bytes, discarded_bytes;
    char *location;    /* where the last redirect pointed to */
    bool connected;    /* the request is on its way: the stall timer runs */
    int64_t last_sign; /* of life: clock_ms() */
    /* The rate is measured over a window of the stall timeout, from a response's headers on. */
    bool measured;
    int64_t window_start;  /* clock_ms() */
    uint64_t window_bytes; /* of bodies, since then */
    unsigned interims;     /* 1xx responses */
    size_t header_lines;
    struct error refusal; /* why the gate let an address not pass; empty: it did */

    /* The way that the requests went: see gate.h. */
    enum address_class outermost;
    bool secure; /* one of them was by https */

    /* Resuming. */
    char *resume_url; /* the one that answered, after redirects */
    char *validator;
    unsigned resumes;
    int64_t resume_at; /* clock_ms(), when `easy` is NULL and the state is RUNNING */
};

#endif
