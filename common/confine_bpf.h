/* A seccomp filter: what is decided of each system call, and that as a program for the kernel.
 * Private to common/.
 *
 * A call has an action (allow, refuse with an error, kill), whatever its arguments are; or it is
 * allowed as its arguments are; one of which nothing is said gets the filter's default. The
 * program finds a call by a binary search over the runs of neighbouring numbers that are treated
 * alike: short, and quick to load. Its language is the kernel's classic BPF (linux/filter.h,
 * seccomp(2)).
 *
 * It is assembled here because libseccomp costs more: 0.18 ms to load the library and 0.25 ms to
 * build the same filter (measured), of a probe of a guest's disk whose goal is 3 ms.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_CONFINE_BPF_H
#define COMMON_CONFINE_BPF_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"

/* The architecture whose calls these are, as the kernel tells a filter (linux/audit.h). */
#if defined(__x86_64__) && defined(__LP64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define FILTER_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#else
#error "add this architecture's AUDIT_ARCH_… here, and to the tests"
#endif

/* Calls have numbers below this; the highest of Linux 6.12 is 466. */
#define FILTER_CALLS_MAX 512
/* From here on numbers are another architecture's: those of x32 on an x86_64 kernel. */
#define FILTER_CALLS_ALIEN UINT32_C(0x40000000)
/* Rules that look at arguments, their tests, and the program's instructions: fetch, which needs
 * most, has 41 and 360. */
#define FILTER_RULES_MAX   64
#define FILTER_TESTS_MAX   3
#define FILTER_PROGRAM_MAX 512

/* Holds when the bits MASK of argument ARGUMENT (from 0) are VALUE. {0}: always. */
struct filter_test {
    unsigned argument;
    uint64_t mask, value;
};

/* Allows CALL when all tests hold. */
struct filter_rule {
    int call;
    struct filter_test tests[FILTER_TESTS_MAX];
};

struct filter {
    uint32_t alien;                     /* action for other architectures' calls */
    uint32_t rest;                      /* action for all that nothing is said of */
    uint32_t actions[FILTER_CALLS_MAX]; /* by number */
    bool ruled[FILTER_CALLS_MAX];       /* rules speak of it; its action is for when none holds */
    struct filter_rule rules[FILTER_RULES_MAX];
    size_t rule_count;
    bool overflow; /* something did not fit */
};

/* A filter in which nothing is said yet. REST and ALIEN, as all actions, are SECCOMP_RET_…. */
void filter_init(struct filter *filter, uint32_t rest, uint32_t alien);
/* CALLS[0…COUNT-1] get ACTION. A negative number is a call that this architecture lacks, and
 * is passed over. */
void filter_calls(struct filter *filter, uint32_t action, const int *calls, size_t count);
/* Several rules for one call are alternatives; one that is allowed whatever its arguments are
 * stays so. Passed over when the call is negative. */
void filter_allow_if(struct filter *filter, struct filter_rule rule);
/* Makes the program: the number of its instructions; 0 when it does not fit PROGRAM or the
, or when something that was said did not fit the filter. */
size_t filter_assemble(const struct filter *filter,
                       struct sock_filter program[FILTER_PROGRAM_MAX]) must_check;

#endif
