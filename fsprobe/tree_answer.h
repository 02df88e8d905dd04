/* What fsprobe tells eliloader of an installation tree. See common/protocol/fsprobe.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_TREE_ANSWER_H
#define FSPROBE_TREE_ANSWER_H

#include "common/helper/report.h"
#include "fsprobe/copy.h"
#include "fsprobe/tree.h"

/* The last line: what was found, or ERR; FAILED is the file that it is about. 0, or -1 when it
 * could not be written. COPIED says what is in the outputs. */
int tree_answer_send(const struct report *report, const struct guest *guest,
                     const struct tree_found *found, const struct problems *problems,
                     const struct copied *copied) must_check;
int tree_answer_error(const struct report *report, const struct error *err,
                      const struct tree_found *found, enum copy_kind failed) must_check;

#endif
