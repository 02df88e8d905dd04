/* The headers of one HTTP response, as far as they matter here.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_RESPONSE_H
#define LOADER_FETCH_CURL_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"

/* Longest value that is kept, in bytes; a longer one counts as not sent. */
#define RESPONSE_VALUE_MAX 4096

/* Starts zeroed; owns its strings. */
struct response {
    bool complete; /* the empty line after the headers has come */
    bool chunked;  /* the body's length is not that of Content-Length */
    bool length_known;
    uint64_t length; /* Content-Length */
    char *etag, *last_modified, *date, *content_range, *location;
};

/* Takes one line as curl hands it over, with its line end, of any content. A status line
 * forgets the response before it (a redirect, an interim 1xx); what comes after the empty
 * line (trailers) is ignored. */
void response_line(struct response *response, const char *line, size_t length);
void response_free(struct response *response);

/* What identifies the content for a resume: a strong ETag, else Last-Modified, else NULL.
 * It belongs to RESPONSE. */
const char *response_validator(const struct response *response);

/* Whether it identifies the content for long: an ETag does, and a date that was past for a minute
 * when the server answered: else what changes again within its second looks the same. (RFC 9110
 * section 8.8.2.2) */
bool response_validator_lasts(const struct response *response) must_check;

/* "bytes FIRST-LAST/TOTAL" (RFC 9110 section 14.4), all three given and in order. */
bool content_range_parse(const char *text, uint64_t *first, uint64_t *last,
                         uint64_t *total) must_check;

/* "404 Not Found": the status with its registered words, from our own table, for the
 * server's words are not to be trusted. Returns OUT. */
#define STATUS_TEXT_LENGTH 48
char *status_text(long status, char out[STATUS_TEXT_LENGTH]);

#endif
