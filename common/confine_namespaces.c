/* An empty world. See confine_namespaces.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/confine_namespaces.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A directory that every Linux has, to be covered: nobody but this process sees it. */
#define EMPTY_ROOT "/proc"

/* 0; 1: the root directory is no mount point, so that nothing can stand in its place; -1 with ERR.
 */
static int enter_empty_root(struct error *err)
{
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;

    /* Nothing that is mounted here may be seen by the host. */
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
        /* What chroot(2) made of an ordinary directory: a folder of debootstrap's, say. */
        if (errno == EINVAL)
            return 1;
        return error_set_errno(err, ERROR_INTERNAL, "cannot keep mounts from the host");
    }
    if (mount("none", EMPTY_ROOT, "tmpfs", flags, "size=4k,nr_inodes=1,mode=555") < 0 ||
        chdir(EMPTY_ROOT) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
        umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot leave the host's files behind");
    return 0;
}

int confine_namespaces(bool network, struct buffer *missing, struct error *err)
{
    const int flags = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | (network ? CLONE_NEWNET : 0);

    int result = unshare(flags);

    if (result == 0)
        result = enter_empty_root(err);
    else if (errno != EPERM && errno != EINVAL && errno != ENOSPC && errno != ENOSYS)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make namespaces");
    else
        result = 1;
    if (result <= 0)
        return result;
    (void)buffer_addf(missing, "%snamespaces", missing->length ? " " : "");
    return 0;
}
