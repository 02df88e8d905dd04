/* What is on a guest's disks: runs the helper `fsprobe` and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_PROBER_H
#define LOADER_PROBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/options.h"

/* One entry of a guest's boot configuration. Strings belong to the probed. */
struct probed_entry {
    const char *title, *index, *source;
    unsigned disk;                /* index into the disks given */
    unsigned partition;           /* 0: the disk itself is the filesystem */
    uint64_t offset;              /* of the filesystem, bytes into the disk */
    const char *kernel, *ramdisk; /* paths in that filesystem; RAMDISK may be NULL */
    size_t ramdisk_count;
    const char *args; /* never NULL */
};

/* fsprobe's whole answer, as fsprobe.h has it. */
struct probed {
    json_t *json;
};
#define PROBED_INIT \
    (struct probed) \
    {               \
        NULL        \
    }

/* Probes DISKS (paths of files or devices). FAMILY and ARCH say whose well-known names come
 * first; NULL: nobody's. 0; or -1 with ERR when a disk cannot be opened or the helper failed:
 * a disk on which nothing boots is no error. */
int probe_disks(const struct settings *settings, char *const *disks, size_t count,
                const char *family, const char *arch, struct probed *probed,
                struct error *err) must_check;
void probed_free(struct probed *probed);
#define autoprobed __attribute__((cleanup(probed_free)))

/* The chosen entry. False when nothing boots. */
bool probed_boot(const struct probed *probed, struct probed_entry *entry) must_check;
/* Entry NUMBER of the list, from 0. False past the end. */
bool probed_entry_at(const struct probed *probed, size_t number,
                     struct probed_entry *entry) must_check;
/* Problem NUMBER, a sentence; NULL past the end. */
const char *probed_problem(const struct probed *probed, size_t number);

#endif
