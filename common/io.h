/* Reading and writing whole things through descriptors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COMMON_IO_H
#define COMMON_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/text.h"

/* Writes all LENGTH bytes; EINTR and short writes are carried on. 0, or -1 with errno. */
int write_all(int fd, const void *bytes, size_t length) must_check;
/* Reads to the end into BUFFER. 0, or -1 with errno; EFBIG when BUFFER's maximum is passed. */
int read_all(int fd, struct buffer *buffer) must_check;
/* pread(2) of exactly LENGTH bytes. Returns the bytes read (short only at the end of the
 * file), or -1 with errno. */
ssize_t pread_all(int fd, void *bytes, size_t length, off_t offset) must_check;

/* Copies all of the regular file FROM to TO, which is empty; TO shares its blocks where the
 * filesystem can. 0, or -1 with errno. */
int copy_file(int from, int to) must_check;

/* The whole regular file PATH, at most MAX bytes, into BUFFER (which it initialises).
 * 1 read, 0 no such file, -1 an error with PATH in its sentence. */
int read_file(const char *path, size_t max, struct buffer *buffer, struct error *err) must_check;

/* Makes the directory PATH with MODE, and those above it with 0755 where they are missing.
 * One that is there already is left as it is. 0, or -1 with an error. */
int make_directory(const char *path, mode_t mode, struct error *err) must_check;

#endif
