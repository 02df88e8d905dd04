/* What is on a guest's disks, and what they boot, as the helper `fsprobe` answered it: checked
 * once, when it came, so that whoever reads it here need not. What it says is still the guest's:
 * texts hold no control characters, and are to be escaped where they are shown.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_HELPERS_PROBED_H
#define LOADER_HELPERS_PROBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory.h"

/* No honest helper passes these; an answer that does is damaged. */
#define PROBED_PARTITIONS_MAX 256 /* of one disk */
#define PROBED_VOLUMES_MAX    256
#define PROBED_MEMBERS_MAX    256 /* of one volume */
#define PROBED_SUBVOLUMES_MAX 256 /* of one volume */
#define PROBED_ENTRIES_MAX    4096
#define PROBED_RAMDISKS_MAX   64 /* of one entry */
#define PROBED_PROBLEMS_MAX   256

/* A partition, or what is on a disk without any. Strings belong to the probed; all may be NULL. */
struct probed_partition {
    unsigned number;       /* 0: the disk itself */
    uint64_t offset, size; /* bytes */
    const char *type;      /* of its filesystem, as libblkid names it */
    const char *label, *uuid;
};

struct probed_disk {
    const char *path;  /* as it was asked for, escaped; or NULL */
    uint64_t size;     /* bytes */
    const char *table; /* "gpt", "dos", "none"; or NULL */
    bool blank;        /* nothing is on it; known only where nothing boots */
    struct probed_partition *partitions;
    size_t partition_count;
};

/* One subvolume of a Btrfs. */
struct probed_subvolume {
    uint64_t id;
    const char *path; /* from the top, which is "/" */
    bool is_default;  /* what is mounted where nothing else is said */
};

/* Anything on the disks that may hold a filesystem, from the bottom up. Strings belong to the
 * probed; all but KIND may be NULL. */
struct probed_volume {
    const char *kind;  /* "disk", "partition", "md", "lvm" */
    const char *name;  /* GRUB's, of what is made of others; NULL: a disk or its partition */
    const char *where; /* for people */
    unsigned disk, partition;
    bool placed;           /* it is one range of that disk */
    uint64_t offset, size; /* bytes */
    const char *type, *label, *uuid;
    bool readable;
    bool reader;       /* filesystems of that type can be read; one that cannot is damaged */
    const char *why;   /* it is not readable: a sentence */
    unsigned *members; /* what it is made of, or stands in: indices of volumes */
    size_t member_count;
    unsigned missing;      /* further members that it should have */
    const char *title;     /* what people call it: "vg0/boot" */
    const char *layout;    /* how it is made of its members: "raid1" */
    const char *part_type; /* what its table says that it is for: a GPT's UUID, "0x83" */
    unsigned *devices;     /* what its filesystem stands on, where these are several; as members */
    size_t device_count;
    bool has_subvolumes; /* they were asked for, and the filesystem has them */
    struct probed_subvolume *subvolumes;
    size_t subvolume_count;
};

/* One entry of a guest's boot configuration. Strings belong to the probed. */
struct probed_entry {
    const char *title, *index, *id, *source; /* each may be NULL */
    unsigned number;                         /* in its configuration, submenus flattened, from 0 */
    unsigned disk;                           /* index into the disks given */
    unsigned partition;                      /* 0: the disk itself is the filesystem */
    uint64_t offset;                         /* of the filesystem, bytes into the disk */
    bool placed;                             /* it is one range of that disk */
    const char *volume;           /* its volume's name where that is made of others; or NULL */
    const char *kernel, *ramdisk; /* absolute paths there; RAMDISK: the first, or NULL */
    const char *const *ramdisks;
    size_t ramdisk_count;
    const char *args; /* never NULL */
    bool is_default;
    bool unified; /* kernel and ramdisks are sections of a unified kernel image, not whole files */
};

/* The whole answer. Starts as PROBED_INIT; owned, freed by probed_free(). */
struct probed {
    bool known; /* there was an answer; without one, all else is empty */
    struct probed_disk *disks;
    size_t disk_count; /* at most those that were asked about */
    struct probed_volume *volumes;
    size_t volume_count;
    struct probed_entry *entries;
    size_t entry_count;
    bool boots;
    struct probed_entry boot; /* the chosen entry, where BOOTS */
    /* What /boot/config-VERSION says of its kernel; the path is NULL when there is none. */
    const char *config_path;
    bool config_pv, config_pvh;
    /* A sentence: what is booted that the guest's configuration does not boot by default, and why;
     * NULL: nothing boots, or the default does. Owned. */
    char *instead;
    bool has_timeout;
    int timeout;           /* see probed_timeout() */
    const char *cause;     /* nothing boots: a sentence, the one that matters; or NULL */
    const char **problems; /* sentences */
    size_t problem_count;
    void *storage; /* what the strings are in */
};
#define PROBED_INIT    \
    (struct probed)    \
    {                  \
        .known = false \
    }
void probed_free(struct probed *probed);
#define auto_probed __attribute__((cleanup(probed_free)))

/* The chosen entry. False when nothing boots. */
bool probed_boot(const struct probed *probed, struct probed_entry *entry) must_check;
/* Entry NUMBER of the list, from 0. False past the end. */
bool probed_entry_at(const struct probed *probed, size_t number,
                     struct probed_entry *entry) must_check;
/* Which entries are the menu: those of the chosen configuration, or, where nothing boots, of the
 * first. They are entries *FIRST to *END - 1 of probed_entry_at(), by increasing numbers. */
void probed_menu(const struct probed *probed, size_t *first, size_t *end);
/* Whether two are the same entry: all that is known of them is. */
bool probed_same(const struct probed_entry *a, const struct probed_entry *b) must_check;

/* Whether any partition of DISK has a filesystem, or something else that is known, of TYPE; NULL:
 * of any type. */
bool probed_has_type(const struct probed *probed, size_t disk, const char *type) must_check;
/* Whether DISK has no partition table, so that it is a filesystem, or nothing, itself. */
bool probed_is_bare(const struct probed *probed, size_t disk) must_check;

/* Whether the kernel of the chosen entry was built for Xen, as its /boot/config-VERSION says.
 * *PATH belongs to PROBED. False when there is none. */
bool probed_config(const struct probed *probed, const char **path, bool *pv, bool *pvh) must_check;
/* Seconds that the chosen configuration's own menu would wait; -1: for ever; also when it does not
 * say, where *SAID is false. */
int probed_timeout(const struct probed *probed, bool *said);
/* Whether nothing is on any of the disks. */
bool probed_all_blank(const struct probed *probed) must_check;
/* Problem NUMBER, a sentence; NULL past the end. */
const char *probed_problem(const struct probed *probed, size_t number);

#endif
