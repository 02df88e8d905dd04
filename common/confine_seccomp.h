/* The seccomp part of confine_enter(). Private to common/.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CONFINE_SECCOMP_H
#define COMMON_CONFINE_SECCOMP_H

#include "common/confine.h"
#include "common/confine_bpf.h"

/* The decisions that POLICY stands for, for the calling process. */
void confine_filter(const struct confine *policy, struct filter *filter);

/* Loads the allow-list that POLICY asks for. 0, or -1 with ERR; a kernel without seccomp is
 * named in MISSING. */
int confine_seccomp(const struct confine *policy, struct buffer *missing,
                    struct error *err) must_check;

#endif
