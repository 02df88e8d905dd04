/* A file of a run that is nobody else's.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_OUTPUT_OWN_COPY_H
#define LOADER_OUTPUT_OWN_COPY_H

#include "common/error.h"
#include "common/memory.h"
#include "loader/output/outputs.h"

/* Before FILE, one of OUTPUTS' own, is written to once more: where it has a name elsewhere too (a
 * hard link), a copy takes its place, so that what is there stays as it is. 0, or -1 with ERR. */
int outputs_own_copy(struct outputs *outputs, struct output_file *file,
                     struct error *err) must_check;

#endif
