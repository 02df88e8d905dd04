/* A private folder inside the output directory, for a program that makes files there under
 * names of its own (pygrub). Whatever is left in it goes with it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_OUTPUT_SCRATCH_H
#define LOADER_OUTPUT_SCRATCH_H

#include <sys/types.h>

#include "common/error.h"
#include "loader/output/output_file.h"

struct scratch {
    int parent_fd; /* the output directory; not ours */
    int fd;        /* the folder, locked as long as the run goes on */
    char *name;    /* in the output directory */
    char *path;    /* absolute */
};
#define SCRATCH_INIT       \
    (struct scratch)       \
    {                      \
        -1, -1, NULL, NULL \
    }

/* Makes the folder, mode 0700, in DIRECTORY (its absolute path; DIRECTORY_FD, which stays the
 * caller's, and open, is the same). 0, or -1 with ERR. Removed by scratch_free(). */
int scratch_make(struct scratch *scratch, const char *directory, int directory_fd,
                 struct error *err) must_check;

/* A node in the folder for the block device at DEVICE, which USER, and nobody else but root, may
 * read. Its path, which the caller frees; NULL where DEVICE is no block device, or none can be made
 * (in a container). */
char *scratch_device(const struct scratch *scratch, const char *device, uid_t user) must_check;

/* Takes the file at PATH, which must be a regular file directly in the folder, into FILE, whose
 * earlier file goes; its name is one of the output directory then. 0; or -1 with ERR when it is
 * anything else. */
int scratch_take(const struct scratch *scratch, const char *path, struct output_file *file,
                 struct error *err) must_check;

/* Removes the folder and the files in it. */
void scratch_free(struct scratch *scratch);
#define auto_scratch __attribute__((cleanup(scratch_free)))

/* Removes the folder NAME in PARENT_FD when its run is no more, and all of it looks as if a run of
 * ours had made it. 1 removed, else 0. */
int scratch_sweep(int parent_fd, const char *name);

#endif
