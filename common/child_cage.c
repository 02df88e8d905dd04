/* Bounds for foreign programs. See child_cage.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/child_cage.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More than any kernel knows: one that knows fewer says EINVAL at the first that it does not. */
#define CAPABILITIES_MAX 64

/* A stricter limit of whoever started us stays. */
static int limit(int resource, uint64_t soft, uint64_t hard)
{
    struct rlimit both;

    if (getrlimit(resource, &both) < 0)
        return -1;
    if (both.rlim_max > hard)
        both.rlim_max = hard;
    both.rlim_cur = both.rlim_max < soft ? both.rlim_max : soft;
    return setrlimit(resource, &both);
}

static int enter_limits(const struct child_cage *cage)
{
    if (limit(RLIMIT_AS, cage->memory, cage->memory) < 0 ||
        limit(RLIMIT_CPU, cage->cpu_seconds, cage->cpu_seconds) < 0 ||
        limit(RLIMIT_FSIZE, cage->file_size, cage->file_size_most) < 0 ||
        limit(RLIMIT_CORE, 0, 0) < 0)
        return -1;
    /* The kernel does not hold root to this one: root may fork, in order to become another user,
     * and that one then has no processes beyond those. */
    return limit(RLIMIT_NPROC, 0, 0);
}

static int leave_namespaces(const struct child_cage *cage)
{
    if (unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0 || !cage->complete)
        return 0;
    return -1;
}

/* What a program that root starts may have is the bounding set and the inheritable one. */
static int drop_capabilities(const struct child_cage *cage)
{
    const struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

    for (unsigned number = 0; number < CAPABILITIES_MAX; number++) {
        if (cage->capabilities & CHILD_CAPABILITY(number))
            continue;
        if (prctl(PR_CAPBSET_DROP, (unsigned long)number, 0, 0, 0) < 0) {
            if (errno == EINVAL)
                break;
            return -1;
        }
    }
    if (syscall(SYS_capget, &header, sets) < 0)
        return -1;
    for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        sets[i].permitted &= (uint32_t)(cage->capabilities >> (32 * i));
        sets[i].effective = sets[i].permitted;
        sets[i].inheritable = 0;
    }
    return (int)syscall(SYS_capset, &header, sets);
}

int child_cage_enter(const struct child_cage *cage)
{
    if (enter_limits(cage) < 0)
        return -1;
    if (geteuid() == 0 && (leave_namespaces(cage) < 0 || drop_capabilities(cage) < 0))
        return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
