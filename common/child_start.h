/* The moment between us and the program that a child becomes. Private to child.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CHILD_START_H
#define COMMON_CHILD_START_H

#include <signal.h>
#include <sys/types.h>

#include "common/child.h"

/* The exit status of a child whose program could not be started, as shells have it, and of one
 * whose bounds (struct child_cage) could not be set. */
#define EXIT_NO_PROGRAM 127
#define EXIT_NO_CAGE    126

/* Whether SPEC's program gets no group of its own: at a terminal, that would take the terminal away
 * from it. */
static inline bool child_in_our_group(const struct child_spec *spec)
{
    return spec->terminal || spec->our_group;
}

/* Starts SPEC's program with SOURCES as its descriptors 0 to COUNT - 1 and no others, MASK as its
 * signal mask and no signal handled. It starts on a stack of its own in our memory, which costs
 * nothing of what fork(2) copies; we go on when it has become the program. The signals that we
 * handle must be blocked (signals_hold()): it resets them before it unblocks them, so that no
 * handler of ours ever runs in it. The process, which the caller reaps; or -1 with errno. SOURCES
 * is changed. */
pid_t child_start_program(const struct child_spec *spec, int *sources, int count,
                          const sigset_t *mask) must_check;

#endif
