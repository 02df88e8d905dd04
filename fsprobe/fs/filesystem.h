/* One kind of filesystem, and a volume that may hold one.
 *
 * Everything behind these functions comes from the guest: names, sizes, texts, loops. A
 * path is absolute in its filesystem ("/boot/grub/grub.cfg"), any bytes but NUL, at most
 * GUEST_PATH_MAX; symbolic links are followed inside that filesystem, bounded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_FS_FILESYSTEM_H
#define FSPROBE_FS_FILESYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/text.h"

#define GUEST_PATH_MAX  4096
#define GUEST_NAME_MAX  255
#define GUEST_LINKS_MAX 40                   /* symbolic links on one path, as in the kernel */
#define GUEST_DEPTH_MAX (GUEST_PATH_MAX / 2) /* directories on one path */

struct guest;
struct volume;
struct source;
struct file_map;
struct file_run;

struct file_status {
    bool regular, directory;
    uint64_t size; /* bytes */
};

/* A subvolume, as subvolumes() tells of it. */
struct subvolume {
    uint64_t id;
    const char *path; /* from the top, without a slash at its end; "": the top */
    bool is_default;  /* what is mounted where nothing else is said */
};

/* One kind of filesystem. status, read, read_part, list and map return 1 (there), 0 (no such file
 * or directory), or -1 with ERR set (damaged, not what was asked for, over a bound). */
struct filesystem {
    const char *name;         /* for sentences: "ext4", "XFS" */
    const char *const *types; /* of volumes that it can open, as signature.c names them; NULL at the
                                 end */
    /* Opens what VOLUME->source holds and hangs itself into VOLUME (state, filesystem). GUEST's
     * other volumes are looked at where a filesystem stands on several. What a person should know
     * though the files can be read goes into *NOTE (the caller frees; NULL: nothing). 0; or -1 with
     * ERR, a whole sentence with VOLUME->where in it: VOLUME is unchanged then. */
    int (*open)(struct guest *guest, struct volume *volume, char **note, struct error *err);
    int (*status)(struct volume *volume, const char *path, struct file_status *status,
                  struct error *err);
    /* The first MAX bytes at most of a regular file into OUT (emptied first). *WHOLE (may be
     * NULL) tells whether that was all of it. */
    int (*read)(struct volume *volume, const char *path, size_t max, struct buffer *out,
                bool *whole, struct error *err);
    /* The LENGTH bytes from AT on of a regular file, or as many of them as it has, into OUT
     * (emptied first). */
    int (*read_part)(struct volume *volume, const char *path, uint64_t at, size_t length,
                     struct buffer *out, struct error *err);
    /* Calls EACH for every name in the directory (no "." and "..", order as on the disk),
     * until it returns false. */
    int (*list)(struct volume *volume, const char *path,
                bool (*each)(void *context, const char *name), void *context, struct error *err);
    /* Where the bytes of a regular file are, into MAP (empty, freed by the caller). */
    int (*map)(struct volume *volume, const char *path, struct file_map *map, struct error *err);
    /* The RUN->length bytes of a run that is packed (see file_map.h), unpacked, into OUT. NULL:
     * such runs are never made. The budget is charged what the work is more than these bytes.
     * 0, or -1 with ERR. */
    int (*unpack)(struct volume *volume, const struct file_run *run, unsigned char *out,
                  struct error *err);
    /* The path of a subvolume from the top, where paths begin, without a slash at its end ("": the
     * top itself), into OUT, whose maximum is GUEST_PATH_MAX. ID: its number; 0: that of the
     * default one. NULL: the filesystem has none, and all is the top. 1, 0 there is none, -1 with
     * ERR. */
    int (*subvolume)(struct volume *volume, uint64_t id, struct buffer *out, struct error *err);
    /* Calls EACH for every subvolume, the top ("") first, until it returns false. NULL: the
     * filesystem has none. 1, 0, -1 with ERR. */
    int (*subvolumes)(struct volume *volume, bool (*each)(void *context, const struct subvolume *),
                      void *context, struct error *err);
    /* Frees VOLUME->state; VOLUME holds no opened filesystem then. */
    void (*close)(struct volume *volume);
};

/* What a volume is. */
enum volume_kind {
    VOLUME_PLACE,   /* a partition of a disk, or the disk itself */
    VOLUME_ARRAY,   /* an md array */
    VOLUME_LOGICAL, /* a logical volume of LVM */
    VOLUME_INSIDE,  /* a partition inside another volume: of an array, of a BSD disklabel */
};

/* What a partition is for, where the type that its table gives it says so. */
enum volume_purpose {
    PURPOSE_OTHER,
    PURPOSE_ESP,     /* the firmware's own, with the boot programs for it */
    PURPOSE_XBOOTLDR /* the kernels of a guest whose ESP has no room for them */
};

/* Something on the guest's disks that may hold a filesystem. */
struct volume {
    enum volume_kind kind;
    unsigned disk;         /* index, from 0; the first one that it has bytes on */
    unsigned partition;    /* number, from 1; 0: the disk itself is the filesystem */
    uint64_t offset;       /* bytes into the disk, where it is PLACED */
    bool placed;           /* it is one range of one disk */
    uint64_t size;         /* bytes */
    char *where;           /* "partition 1 of disk.img", for messages; owned */
    struct source *source; /* its bytes; owned; NULL: none can be read */
    char *type;            /* "ext4", "vfat", "swap", …; NULL: not known */
    char *label;           /* the filesystem's, or NULL */
    char *uuid;            /* the filesystem's, or NULL */
    char *part_uuid;       /* the partition's, or NULL */
    char *part_label;      /* GPT's name of the partition, or NULL */
    bool active;           /* MBR: marked as the one to boot */
    char *part_type;       /* what its table says that it is for: a GPT's UUID, "0x83"; or NULL */
    bool gpt;              /* its table is a GPT */
    enum volume_purpose purpose;
    /* What GRUB calls it where that is neither disk nor partition: "lvm/vg0-boot", "md/7,gpt1", and
     * by UUID; or NULL. Owned. */
    char *devices[2];
    size_t *members; /* what it is made of, indices of the guest's volumes; owned */
    size_t member_count;
    unsigned missing; /* further ones that it should have, and that were not found */
    char *title;      /* what people call it where it is made of others: "vg0/boot"; or NULL */
    char *layout;     /* "raid1", "linear": how it is made of them; or NULL */
    /* The volumes that its filesystem stands on, itself among them, where these are several:
     * indices of the guest's; the filesystem's own. */
    size_t *devices_of;
    size_t device_count;
    char *refusal; /* why it cannot be read, and the way out, a sentence; NULL: not known. Owned. */
    const struct filesystem *filesystem; /* NULL: cannot be read */
    void *state;                         /* the filesystem's own */
};

#endif
