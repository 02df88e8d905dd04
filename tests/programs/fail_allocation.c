/* A library to be loaded before all others (LD_PRELOAD), in which one allocation fails: the one
 * whose number, from 1, is in FAIL_AT. When it has, the first byte of the file FAIL_MARK, which is
 * mapped because the program may not open it later, becomes '1'.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static unsigned long fail_at, seen;
static char *mark;

static __attribute__((constructor)) void begin(void)
{
    const char *number = getenv("FAIL_AT"), *path = getenv("FAIL_MARK");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    char *page = fd < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (fd >= 0)
        close(fd);
    unsetenv("LD_PRELOAD"); /* not in what this program starts */
    if (!number || page == MAP_FAILED)
        _exit(99);
    fail_at = strtoul(number, NULL, 10);
    mark = page;
}

static int is_the_one(void)
{
    if (!mark || __atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED) != fail_at)
        return 0;
    *mark = '1';
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return is_the_one() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_the_one() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return is_the_one() ? NULL : __libc_realloc(old, size);
}
