/* What a TFTP server says. See tftp.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/fetch/curl/tftp.h"

#include "common/clock.h"
#include "loader/fetch/curl/failure.h"
#include "loader/fetch/curl/resume.h"
#include "loader/fetch/curl/transfer_state.h"

/* Bytes of a block: 1500 of an Ethernet frame without the headers of IPv4, UDP and TFTP, and with
 * room for a tunnel's. The 512 that every server knows are several times slower. */
#define BLOCK_SIZE 1428L

static CURLcode set(const struct connection *connection, CURL *easy)
{
    (void)connection;
    return curl_easy_setopt(easy, CURLOPT_TFTP_BLKSIZE, BLOCK_SIZE);
}

static CURLcode ask(struct curl_transfer *t)
{
    (void)t;
    return CURLE_OK;
}

/* TFTP has none. */
static int take_line(struct curl_transfer *t, const char *line, size_t length)
{
    (void)t, (void)line, (void)length;
    return 0;
}

static bool brings_file(const struct curl_transfer *t)
{
    (void)t;
    return true;
}

/* The first block is here; its size came before it, where the server tells it (RFC 2349). */
static int begin(struct curl_transfer *t)
{
    curl_off_t length = -1;
    uint64_t total;

    pace_measure(&t->base.pace, clock_ms());
    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    total = length > 0 ? (uint64_t)length : 0;
    return resume_accept_whole(t, NULL, false, length > 0 ? &total : NULL);
}

static enum attempt_end judge(const struct curl_transfer *t, CURLcode code)
{
    (void)t;
    return code == CURLE_TFTP_NOTFOUND ? ATTEMPT_MISSING
           : code == CURLE_TFTP_PERM   ? ATTEMPT_REFUSED
                                       : ATTEMPT_BY_CURL;
}

static char *absence(const struct curl_transfer *t)
{
    (void)t;
    return xstrdup("the TFTP server has no such file");
}

static void explain_refusal(struct curl_transfer *t)
{
    error_set(&t->base.err, ERROR_INVALID_SOURCE,
              "%s: the TFTP server does not give this file to anybody (access violation); check "
              "who may read it there",
              t->base.url);
    t->base.withheld = true;
}

static bool explain(struct curl_transfer *t, CURLcode code)
{
    auto_free char *to = failure_peer(t);

    switch (code) {
    case CURLE_TFTP_ILLEGAL:
    case CURLE_TFTP_UNKNOWNID:
    case CURLE_TFTP_NOSUCHUSER:
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the TFTP server %s refuses the request as one that it does not understand",
                  t->base.url, to);
        return true;
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
        error_set(&t->base.err, ERROR_INVALID_SOURCE,
                  "%s: the TFTP server %s does not answer; check host and port, whether the server "
                  "runs, and whether UDP passes the network to it",
                  t->base.url, to);
        return true;
    default:
        return false;
    }
}

const struct protocol protocol_tftp = {
    .schemes = "tftp",
    .set = set,
    .ask = ask,
    .line = take_line,
    .begin = begin,
    .brings_file = brings_file,
    .judge = judge,
    .absence = absence,
    .explain_refusal = explain_refusal,
    .explain = explain,
    .no_validator = "TFTP has no means to do so",
};
