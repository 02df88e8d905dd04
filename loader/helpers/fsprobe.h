/* What is on a guest's disks: runs the helper `fsprobe` and checks what it answers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_FSPROBE_H
#define LOADER_HELPERS_FSPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/error.h"
#include "loader/output/outputs.h"
#include "loader/settings/options.h"

/* One entry of a guest's boot configuration. Strings belong to the probed. */
struct probed_entry {
    const char *title, *index, *id, *source;
    unsigned number;              /* in its configuration, submenus flattened, from 0 */
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

/* What is wanted of the disks; all members may be 0 or NULL. Strings belong to the caller. */
struct probe_want {
    const char *family, *arch; /* whose well-known names come first; NULL: nobody's */
    /* What shall be booted, as "select" of fsprobe.h. */
    const char *entry, *kernel, *ramdisk;
    bool has_offset, has_partition;
    uint64_t offset; /* bytes into the first disk */
    unsigned partition;
    /* Where the chosen kernel and ramdisk are copied to (made here, not named); NULL: nowhere. */
    struct outputs *outputs;
    uint64_t kernel_max, ramdisk_max; /* bytes; 0: those of the settings */
    const char *vm;                   /* whose platform keys could raise them; NULL: none */
};

/* Probes DISKS (paths of files or devices); WANT may be NULL. 0; or -1 with ERR when a disk cannot
 * be opened, the helper failed, or what was chosen could not be copied (ERROR_LIMITS with a hint
 * how the limit is raised): a disk on which nothing boots is no error. WANT->outputs has both files
 * afterwards, the kernel alone where the entry has no ramdisk, and none when nothing boots or
 * something failed. PROBED must be empty; the caller frees it in both cases. */
int probe_disks(const struct settings *settings, char *const *disks, size_t count,
                const struct probe_want *want, struct probed *probed, struct error *err) must_check;
void probed_free(struct probed *probed);
#define auto_probed __attribute__((cleanup(probed_free)))

/* The chosen entry. False when nothing boots. */
bool probed_boot(const struct probed *probed, struct probed_entry *entry) must_check;
/* Entry NUMBER of the list, from 0. False past the end. */
bool probed_entry_at(const struct probed *probed, size_t number,
                     struct probed_entry *entry) must_check;
/* Whether the kernel of the chosen entry was built for Xen, as its /boot/config-VERSION says.
 * *PATH belongs to PROBED. False when there is none. */
bool probed_config(const struct probed *probed, const char **path, bool *pv, bool *pvh) must_check;
/* Seconds that the chosen configuration's own menu would wait; -1: for ever; also when it does not
 * say, where *SAID is false. */
int probed_timeout(const struct probed *probed, bool *said);
/* Problem NUMBER, a sentence; NULL past the end. */
const char *probed_problem(const struct probed *probed, size_t number);

#endif
