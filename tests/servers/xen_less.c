/* What xenstored asks of the hypervisor, answered without one: preloaded into the real xenstored,
 * it makes a host with a domain 0, and no event ever. Built by xenstored.sh.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes of a page, which is what a domain's ring takes. */
#define PAGE 4096

static int handle;

/* A file with TEXT at its start. */
static int file_with(const char *text)
{
    int fd = memfd_create("xen-less", MFD_CLOEXEC);

    if (fd >= 0 && (ftruncate(fd, PAGE) < 0 || pwrite(fd, text, strlen(text), 0) < 0))
        return -1;
    return fd;
}

/* xenstored's own calls alone come here: domain 0's ring and its event channel. */
int open(const char *path, int flags, ...)
{
    va_list arguments;

    va_start(arguments, flags);
    int mode = flags & O_CREAT ? va_arg(arguments, int) : 0;
    va_end(arguments);
    if (strcmp(path, "/proc/xen/xsd_kva") == 0)
        return file_with("");
    if (strcmp(path, "/proc/xen/xsd_port") == 0)
        return file_with("1");
    return openat(AT_FDCWD, path, flags, mode);
}

void *xenevtchn_open(void *logger, unsigned flags)
{
    (void)logger, (void)flags;
    return &handle;
}
int xenevtchn_fd(void *events)
{
    (void)events;
    return eventfd(0, EFD_CLOEXEC);
}
int xenevtchn_bind_interdomain(void *events, uint32_t domain, uint32_t port)
{
    (void)events, (void)domain;
    return (int)port;
}
int xenevtchn_bind_virq(void *events, unsigned virq)
{
    (void)events;
    return (int)virq + 2;
}
int xenevtchn_notify(void *events, uint32_t port)
{
    (void)events, (void)port;
    return 0;
}

void *xc_interface_open(void *logger, void *other, unsigned flags)
{
    (void)logger, (void)other, (void)flags;
    return &handle;
}
int xc_interface_close(void *interface)
{
    (void)interface;
    return 0;
}
/* The one domain asked for lives: its ID, a label, and no flag of its end. */
int xc_domain_getinfo(void *interface, uint32_t domain, unsigned maximum, uint32_t *info)
{
    (void)interface, (void)maximum;
    info[0] = domain;
    info[1] = info[2] = 0;
    return 1;
}

void *xengnttab_open(void *logger, unsigned flags)
{
    (void)logger, (void)flags;
    return &handle;
}
void *xengnttab_map_grant_ref(void *grants, uint32_t domain, uint32_t reference, int protection)
{
    (void)grants, (void)domain, (void)reference;
    return mmap(NULL, PAGE, protection, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}
int xengnttab_set_max_grants(void *grants, uint32_t count)
{
    (void)grants, (void)count;
    return 0;
}
