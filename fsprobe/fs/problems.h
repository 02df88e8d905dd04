/* What is wrong with a guest's disks, in sentences for people, where reading goes on all the same.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_PROBLEMS_H
#define FSPROBE_FS_PROBLEMS_H

#include <stdarg.h>
#include <stddef.h>

#define PROBLEMS_MAX 64

/* The first ones, and the last one, which tells what came of it. Starts zeroed. */
struct problems {
    char *texts[PROBLEMS_MAX]; /* owned */
    size_t count;
};

/* Adds a sentence, "grub.cfg line 12: …", unless it is there already. When the list is full it
 * takes the place of the last one. */
void problems_add(struct problems *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* As problems_add(). */
void problems_add_list(struct problems *problems, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Frees the sentences; the list is empty then. */
void problems_free(struct problems *problems);
#define auto_problems __attribute__((cleanup(problems_free)))

#endif
