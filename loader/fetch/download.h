/* One file on its way: from its transfer into the sink, judged as it comes and when it is whole; or
 * not on its way, because the host has it already.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_FETCH_DOWNLOAD_H
#define LOADER_FETCH_DOWNLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/checksum.h"
#include "common/error.h"
#include "loader/fetch/answer.h"
#include "loader/fetch/layouts.h"
#include "loader/fetch/request.h"
#include "loader/fetch/source/content.h"
#include "loader/fetch/source/source.h"

/* Starts with the first three members set. The transfer is stopped by whoever started it. */
struct download {
    const struct fetch_request *request;
    enum fetch_file file;
    struct sink *sink;
    const struct file_source *source;
    const char *path;                 /* in the repository; the caller's */
    struct transfer *transfer;        /* NULL: none */
    const struct held_file *held;     /* what the host has of it, or NULL */
    unsigned char head[CONTENT_HEAD]; /* until it is recognised */
    size_t head_length;
    bool recognised;
    bool web_page; /* it is an HTML page in the place of a file */
    bool refused;  /* it is not what the host has, and nothing else is wanted */
};

/* Starts the download of PATH from SOURCE, of which SUM is known. Where the host has what SUM names
 * there is no transfer; where it has what PATH was, the transfer is conditional. 0, or -1 with ERR.
 */
int download_start(struct download *download, struct file_source *source, const char *path,
                   const struct checksum *sum, struct error *err) must_check;

/* Where it stands: TRANSFER_UNCHANGED also without a transfer; TRANSFER_DONE where none was
 * started. */
enum transfer_state download_state(const struct download *download) must_check;

/* It has come whole, or is held: is it what it should be? SAYER is who says WANTED of it, for
 * messages. Fills OUT. 0, or -1 with ERR. */
int download_finish(struct download *download, const struct checksum *wanted, const char *sayer,
                    struct fetch_result_file *out, struct error *err) must_check;

#endif
