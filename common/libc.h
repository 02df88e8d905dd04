/* Calls of the kernel that C libraries of before 2018 have no functions for: dom0 of XCP-ng 8 and
 * XenServer 8 has glibc 2.17, with a kernel (4.19) that knows them all. What is declared here is
 * what <sys/mman.h>, <sys/random.h>, <unistd.h>, <stdio.h> and <stdlib.h> of a newer one declare,
 * with their meaning and errors.
 *
 * OLD_LIBC takes them in any case, so that they can be tried where they are not needed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_LIBC_H
#define COMMON_LIBC_H

#include <features.h>

/* musl has no renameat2(); it has the others. */
#if !defined(__GLIBC__) || !__GLIBC_PREREQ(2, 28) || defined(OLD_LIBC)
#include <sys/syscall.h>
#include <unistd.h>

#ifndef RENAME_NOREPLACE /* <linux/fs.h> */
#define RENAME_NOREPLACE 1
#endif
static inline int old_renameat2(int from_fd, const char *from, int to_fd, const char *to,
                                unsigned flags)
{
    return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}
#define renameat2 old_renameat2
#endif

#if (defined(__GLIBC__) && !__GLIBC_PREREQ(2, 27)) || defined(OLD_LIBC)
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

#ifndef MFD_CLOEXEC /* <linux/memfd.h> */
#define MFD_CLOEXEC       1U
#define MFD_ALLOW_SEALING 2U
#endif
static inline int old_memfd_create(const char *name, unsigned flags)
{
    return (int)syscall(SYS_memfd_create, name, flags);
}
#define memfd_create old_memfd_create

static inline ssize_t old_getrandom(void *buffer, size_t size, unsigned flags)
{
    return syscall(SYS_getrandom, buffer, size, flags);
}
#define getrandom old_getrandom

static inline ssize_t old_copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at,
                                          size_t size, unsigned flags)
{
    return syscall(SYS_copy_file_range, in, in_at, out, out_at, size, flags);
}
#define copy_file_range old_copy_file_range

static inline void *old_reallocarray(void *old, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, bytes);
}
#define reallocarray old_reallocarray
#else
#include <sys/random.h>
#endif

#endif
