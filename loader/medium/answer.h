/* A finding as JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_MEDIUM_ANSWER_H
#define LOADER_MEDIUM_ANSWER_H

#include "common/helper/report.h"
#include "loader/medium/examine.h"

/* Sends FINDING as the helper's last line, the answer of common/protocol/medium.h to REQUEST. 0, or
 * -1 when it could not be written. */
int finding_answer(const struct report *report, const struct medium_request *request,
                   const struct finding *finding) must_check;

#endif
