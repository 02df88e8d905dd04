/* What a helper that was taken over would try: a list of attempts, each of which tells whether it
 * was let through. Nothing here does harm where it is: signals are signal 0, names are set to what
 * they are, what was made is removed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_PROGRAMS_HOSTILE_H
#define TESTS_PROGRAMS_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>

/* Who can do it on any Linux when nothing confines him: that is tried too, so that an attempt that
 * cannot succeed anywhere is found. MAYBE: it depends on the kernel or on the filesystem. */
enum hostile_who { ANYONE, ROOT, MAYBE };

/* A function, or one system call, which is through when it does not fail. */
struct hostile_attempt {
    const char *name;
    enum hostile_who who;
    bool (*try)(void); /* true: it is through; else errno says why not */
    long call;         /* without TRY */
    unsigned long arguments[6];
};

extern const struct hostile_attempt hostile_calls[], hostile_acts[], hostile_sockets[];
extern const size_t hostile_call_count, hostile_act_count, hostile_socket_count;

/* The attempt NUMBER, from 0; NULL behind the last. */
const struct hostile_attempt *hostile_at(size_t number);

/* The first descriptor behind the answer pipe that can be read, and that can be written to; 0, the
 * request, and -1 where there is none. */
extern int hostile_input, hostile_output;

/* The name of the attempt is in the environment (HOSTILE), or else the first line of the input.
 * Makes it, says on the answer pipe how it went, as an error of a helper or as a note, and ends. */
_Noreturn void hostile_run(void);

#define HOSTILE_FAILED  77        /* the exit status when it did not go through */
#define HOSTILE_ESCAPED "ESCAPED" /* the error's text when it did */

#endif
