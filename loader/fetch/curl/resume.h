/* What the server says of a file, at first and when a transfer of it is taken up again: it must be
 * the same file. Private to this folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_CURL_RESUME_H
#define LOADER_FETCH_CURL_RESUME_H

#include "loader/fetch/curl/transfer_state.h"

/* Whether TRANSFER's present attempt goes on with what an earlier one brought. */
bool resume_is(const struct curl_transfer *transfer) must_check;

/* The first answer that brings the file: VALIDATOR, which may be NULL, is what will be the same as
 * long as the file is, and LASTS as in transfer.h; *TOTAL are its bytes, NULL: nobody says. 0; or
 * -1, and it has failed, or is unchanged. */
int resume_accept_whole(struct curl_transfer *transfer, const char *validator, bool lasts,
                        const uint64_t *total) must_check;
/* The answer to a resume, of a file of TOTAL bytes from FIRST on. 0; or -1, and it has failed: it
 * is another file, or another part of it. */
int resume_accept_rest(struct curl_transfer *transfer, const char *validator, uint64_t first,
                       uint64_t total) must_check;
/* Both fail the transfer: the file is another one by now; the server answers with another part. */
int resume_changed(struct curl_transfer *transfer);
int resume_misplaced(struct curl_transfer *transfer);

#endif
