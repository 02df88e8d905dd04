/* xapi's errors in words.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_RECORDS_XAPI_ERRORS_H
#define LOADER_RECORDS_XAPI_ERRORS_H

#include "common/error.h"
#include "loader/records/jsonrpc_answer.h"

/* FAILURE (of METHOD, about the VM UUID) as a sentence: what the error means and what to do about
 * it where that is known, else its name and parameters. Always -1. */
int xapi_explain(const struct jsonrpc_failure *failure, const char *method, const char *uuid,
                 struct error *err);

#endif
