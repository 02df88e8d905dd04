/* Memory that is there or ends the program, and cleanup by scope. See memory.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/libc.h"

static int status_without = EXIT_FAILURE;

static void *need(void *memory)
{
    static const char message[] = "eliloader: out of memory\n";

    if (memory)
        return memory;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0) {
        /* There is nobody left to tell. */
    }
    exit(status_without);
}

void *xmalloc(size_t size)
{
    return need(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    return need(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *old, size_t count, size_t size)
{
    return need(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *xstrdup(const char *text)
{
    return need(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
    char *copy = xmalloc(length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *xvasprintf(const char *format, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    return need(text);
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    return text;
}

void memory_for_json(void)
{
    json_set_alloc_funcs(xmalloc, free);
}

void memory_all_done(void)
{
    status_without = EXIT_SUCCESS;
}

void replace_string(char **slot, char *value)
{
    free(*slot);
    *slot = value;
}

void cleanup_free(void *slot)
{
    int saved = errno;

    free(*(void **)slot);
    errno = saved;
}

void close_fd(int *fd)
{
    int saved = errno;

    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = saved;
}

void cleanup_fd(int *fd)
{
    close_fd(fd);
}

int take_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}
