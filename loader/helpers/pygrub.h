/* Booting an installed guest through pygrub: started as a child that is watched and bounded
 * (pygrub_program.h), its answer checked as a helper's is before it is passed on: files in our own
 * folder, their sizes, and that the kernel is one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_PYGRUB_H
#define LOADER_HELPERS_PYGRUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "loader/helpers/probed.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* What pygrub is asked; strings belong to the caller. */
struct handoff {
    const char *disk;   /* path or device */
    const char *kernel; /* --kernel and --ramdisk, or NULL: pygrub looks by itself */
    const char *ramdisk;
    const char *offset; /* --offset, bytes; or NULL */
    const char *entry;  /* --entry, or NULL */
    bool interactive;
    const char *args;                 /* --args: from dom0, after the entry's own; or NULL */
    uint64_t kernel_max, ramdisk_max; /* bytes */
    const char *vm;                   /* whose limits they are; or NULL */
};

/* Whether there is a pygrub that may be run, as pygrub_find() has it; one that is there and may not
 * is logged. */
bool handoff_has_pygrub(const struct settings *settings) must_check;

/* Whether pygrub might read the first disk of PROBED, and we cannot: it holds a filesystem of a
 * kind that pygrub reads, and none of a kind that we do, whole or damaged. True too where nothing
 * is known of the disks. */
bool handoff_may_read(const struct probed *probed) must_check;

/* Whether pygrub reads the volume of PROBED that ENTRY's kernel stands on. False too for FAT, which
 * it does read: only boot programs that it does not know keep kernels there. */
bool handoff_reads(const struct probed *probed, const struct probed_entry *entry) must_check;

/* Runs pygrub and takes its files over into OUTPUTS, which it names; *ARGS is the guest's whole
 * command line, which the caller frees. 0; or -1 with ERR: ERROR_HANDOFF when pygrub found
 * nothing, failed, or answered what it must not. */
int handoff_pygrub(const struct settings *settings, const struct handoff *handoff,
                   struct outputs *outputs, char **args, struct error *err) must_check;

/* What pygrub said, as it came: paths in its folder, and the arguments. Starts empty; owned. */
struct pygrub_answer {
    char *kernel, *ramdisk, *args; /* each may be NULL */
};
void pygrub_answer_free(struct pygrub_answer *answer);
#define auto_pygrub_answer __attribute__((cleanup(pygrub_answer_free)))

/* Takes one item of pygrub's simple0 format, LENGTH bytes and a NUL, into a struct pygrub_answer,
 * as child_spec's `line`. 0; or -1 with ERR (ERROR_HANDOFF) when it is none that is known, or comes
 * twice. For handoff_pygrub(), and for tests. */
int pygrub_hear(void *answer, const char *line, size_t length, struct error *err) must_check;

#endif
