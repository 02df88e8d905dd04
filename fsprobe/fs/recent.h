/* Who keeps something in memory that could be read again: of many filesystems only those that were
 * used last do, so that a disk of many partitions takes no more than one of few.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_RECENT_H
#define FSPROBE_FS_RECENT_H

#include <stddef.h>

#define RECENT_MAX 8

/* Starts with DROP set, and else zeroed. Nothing is owned. */
struct recent {
    void (*drop)(void *user); /* frees what USER keeps; it may keep something again */
    void *users[RECENT_MAX];  /* who was used last comes first */
    size_t count;
};

/* USER is about to keep something. Where there are RECENT_MAX others, the one that was used least
 * recently loses what it keeps. */
void recent_use(struct recent *recent, void *user);
/* USER keeps nothing any more. */
void recent_forget(struct recent *recent, const void *user);

#endif
