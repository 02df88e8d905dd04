/* What fsprobe knows of a guest: its filesystems, and how their files are read.
 *
 * Everything behind these functions comes from the guest: names, sizes, texts, loops. A
 * path is absolute in its filesystem ("/boot/grub/grub.cfg"), any bytes but NUL, at most
 * GUEST_PATH_MAX; symbolic links are followed inside that filesystem, bounded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_GUEST_H
#define FSPROBE_FS_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"

#define GUEST_PATH_MAX    4096
#define GUEST_NAME_MAX    255
#define GUEST_DISKS_MAX   16
#define GUEST_VOLUMES_MAX 256           /* over all disks */
#define GUEST_CONFIG_MAX  (1024 * 1024) /* bytes of one boot configuration */

struct volume;
struct file_map;

struct file_status {
    bool regular, directory;
    uint64_t size; /* bytes */
};

/* One kind of filesystem. All return 1 (there), 0 (no such file or directory), or -1 with
 * ERR set (damaged, not what was asked for, over a bound). */
struct filesystem {
    const char *name; /* "ext" */
    int (*status)(struct volume *volume, const char *path, struct file_status *status,
                  struct error *err);
    /* The first MAX bytes at most of a regular file into OUT (emptied first). *WHOLE (may be
     * NULL) tells whether that was all of it. */
    int (*read)(struct volume *volume, const char *path, size_t max, struct buffer *out,
                bool *whole, struct error *err);
    /* Calls EACH for every name in the directory (no "." and "..", order as on the disk),
     * until it returns false. */
    int (*list)(struct volume *volume, const char *path,
                bool (*each)(void *context, const char *name), void *context, struct error *err);
    /* Where the bytes of a regular file are, into MAP (empty, freed by the caller); NULL where the
     * kind of filesystem cannot tell. */
    int (*map)(struct volume *volume, const char *path, struct file_map *map, struct error *err);
    void (*close)(struct volume *volume);
};

/* A filesystem on one of the guest's disks, or a partition that holds none that is known. */
struct volume {
    unsigned disk;                       /* index, from 0 */
    unsigned partition;                  /* number, from 1; 0: the disk itself is the filesystem */
    uint64_t offset;                     /* bytes into the disk */
    uint64_t size;                       /* bytes */
    char *type;                          /* "ext4", "vfat", "swap", …; NULL: not known */
    char *label;                         /* the filesystem's, or NULL */
    char *uuid;                          /* the filesystem's, or NULL */
    char *part_uuid;                     /* the partition's, or NULL */
    char *part_label;                    /* GPT's name of the partition, or NULL */
    bool active;                         /* MBR: marked as the one to boot */
    bool gpt;                            /* its table is a GPT */
    const struct filesystem *filesystem; /* NULL: cannot be read */
    void *state;                         /* the filesystem's own */
};

struct guest {
    struct volume volumes[GUEST_VOLUMES_MAX]; /* by disk, then by partition number */
    size_t volume_count;
    unsigned disk_count;
    size_t grub2_steps; /* that GRUB 2's scripts took so far; see fsprobe/config/grub2/run.h */
};

/* Wrappers that treat a volume without a readable filesystem as one without files. */
int guest_status(struct guest *guest, size_t volume, const char *path, struct file_status *status,
                 struct error *err) must_check;
int guest_read(struct guest *guest, size_t volume, const char *path, size_t max, struct buffer *out,
               bool *whole, struct error *err) must_check;
int guest_list(struct guest *guest, size_t volume, const char *path,
               bool (*each)(void *context, const char *name), void *context,
               struct error *err) must_check;
int guest_map(struct guest *guest, size_t volume, const char *path, struct file_map *map,
              struct error *err) must_check;

/* The volume of partition PARTITION (0: the bare filesystem) of disk DISK; -1 when there is
 * none. */
int guest_find(const struct guest *guest, unsigned disk, unsigned partition);
/* The first volume with that filesystem UUID (case ignored) or label; -1 when none. */
int guest_find_uuid(const struct guest *guest, const char *uuid);
int guest_find_label(const struct guest *guest, const char *label);

#endif
