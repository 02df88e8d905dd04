/* What fsprobe knows of a guest: its volumes, and how their files are read. Paths are those of
 * filesystem.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_GUEST_H
#define FSPROBE_FS_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"
#include "fsprobe/fs/filesystem.h"

#define GUEST_VOLUMES_MAX 256           /* over all disks */
#define GUEST_CONFIG_MAX  (1024 * 1024) /* bytes of one boot configuration */

struct guest {
    /* By disk, then by partition number; behind them those that are made of others, each behind
     * what it is made of. */
    struct volume volumes[GUEST_VOLUMES_MAX];
    size_t volume_count;
    unsigned disk_count;
    uint64_t budget;    /* that all sources share; see SOURCE_BUDGET */
    size_t grub2_steps; /* that GRUB 2's scripts took so far; see fsprobe/config/grub2/run.h */
};

/* Closes the filesystem and frees what the volume owns; it is zeroed then. */
void volume_free(struct volume *volume);

/* Wrappers that treat a volume without a readable filesystem as one without files. */
int guest_status(struct guest *guest, size_t volume, const char *path, struct file_status *status,
                 struct error *err) must_check;
int guest_read(struct guest *guest, size_t volume, const char *path, size_t max, struct buffer *out,
               bool *whole, struct error *err) must_check;
int guest_read_part(struct guest *guest, size_t volume, const char *path, uint64_t at,
                    size_t length, struct buffer *out, struct error *err) must_check;
int guest_list(struct guest *guest, size_t volume, const char *path,
               bool (*each)(void *context, const char *name), void *context,
               struct error *err) must_check;
int guest_map(struct guest *guest, size_t volume, const char *path, struct file_map *map,
              struct error *err) must_check;
/* As filesystem.subvolume; "" where the filesystem has none, and ID is 0. */
int guest_subvolume(struct guest *guest, size_t volume, uint64_t id, struct buffer *out,
                    struct error *err) must_check;
/* As filesystem.subvolumes; 0 where the filesystem has none. */
int guest_subvolumes(struct guest *guest, size_t volume,
                     bool (*each)(void *context, const struct subvolume *subvolume), void *context,
                     struct error *err) must_check;

/* A new, zeroed volume behind the others; NULL when there are GUEST_VOLUMES_MAX. */
struct volume *guest_add(struct guest *guest);
/* Whether the volume is a part of another one. */
bool guest_is_member(const struct guest *guest, size_t volume);

/* The volume of partition PARTITION (0: the bare filesystem) of disk DISK; -1 when there is
 * none. */
int guest_find(const struct guest *guest, unsigned disk, unsigned partition);
/* The volume that GRUB calls NAME (LENGTH bytes), where that is a name of a logical volume, of an
 * array, or of a partition inside one, with or without the kind of its table: "lvm/vg0-boot",
 * "lvmid/VGUUID/LVUUID", "md/7", "mduuid/HEX,gpt1", "md/7,1". -1 when there is none. */
int guest_find_device(const struct guest *guest, const char *name, size_t length);
/* The first volume with that filesystem UUID (case ignored) or label; -1 when none. */
int guest_find_uuid(const struct guest *guest, const char *uuid);
int guest_find_label(const struct guest *guest, const char *label);

#endif
