/* What differs between the protocols that curl speaks for us: one line for each in its own file
 * (http.h, ftp.h, tftp.h).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_PROTOCOL_H
#define LOADER_FETCH_CURL_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

struct connection;
struct curl_transfer;

/* What the end of an attempt means, as far as the protocol knows better than curl. */
enum attempt_end {
    ATTEMPT_BY_CURL, /* what curl says of it */
    ATTEMPT_MISSING, /* the server says that the file is not there */
    ATTEMPT_REFUSED, /* the server does not give it: explain_refusal() */
};

struct protocol {
    const char *schemes; /* as curl wants them: "http,https" */
    bool proxied;        /* it goes by way of the proxy, where there is one */
    size_t discard_max;  /* bytes of an answer that is no file, which are read */
    bool any_port;       /* data come by connections of their own, to ports that the server names */
    /* Options of each new handle. */
    CURLcode (*set)(const struct connection *connection, CURL *easy);
    /* Options of an attempt: what is asked for, from `received` on when it is a resume. */
    CURLcode (*ask)(struct curl_transfer *transfer);
    /* A line of the server's answer, with its end. 0; or -1, and the transfer has failed. */
    int (*line)(struct curl_transfer *transfer, const char *line, size_t length);
    /* The first bytes come, and no line has said so. 0; or -1, and the transfer has failed. NULL:
     * there are lines. */
    int (*begin)(struct curl_transfer *transfer);
    /* Whether what comes now is the file, and not a page about its absence. */
    bool (*brings_file)(const struct curl_transfer *transfer);
    enum attempt_end (*judge)(const struct curl_transfer *transfer, CURLcode code);
    /* How the server says that the file is not there. The caller frees. */
    char *(*absence)(const struct curl_transfer *transfer);
    void (*explain_refusal)(struct curl_transfer *transfer);
    /* Sets the error for CODE; false: it is nothing special here. */
    bool (*explain)(struct curl_transfer *transfer, CURLcode code);
    /* Why it cannot be resumed: the end of a sentence. */
    const char *no_validator;
};

#endif
