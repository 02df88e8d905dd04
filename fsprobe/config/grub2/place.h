/* Where files are that GRUB 2's commands name: "(device)/path", "/path" on the device $root, or a
 * list of blocks, "(device)512+1".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_PLACE_H
#define FSPROBE_CONFIG_GRUB2_PLACE_H

#include "fsprobe/config/grub2/run.h"

/* A path on a volume of the guest. Starts zeroed. */
struct grub2_place {
    size_t volume;
    char *path; /* owned */
};
void grub2_place_free(struct grub2_place *place);
#define auto_grub2_place __attribute__((cleanup(grub2_place_free)))

/* Where SPEC lies. False when it is no such thing or the device is not there. */
bool grub2_locate(struct grub2 *g, const char *spec, struct grub2_place *place) must_check;
/* As grub2_locate() for what is booted, and with a problem: a device of the firmware's that the
 * guest does not have (its disks are counted otherwise, or have been moved) is taken for the volume
 * of the configuration, as pygrub takes it. */
bool grub2_locate_kernel(struct grub2 *g, const char *spec, struct grub2_place *place) must_check;
/* What lies at SPEC. False when nothing does. */
bool grub2_look(struct grub2 *g, const char *spec, struct file_status *status) must_check;
/* Whether a regular file is at PLACE. */
bool grub2_is_file(struct grub2 *g, const struct grub2_place *place) must_check;
/* Reads the file, or the blocks, at SPEC into OUT, at most MAX bytes; false when it is not there or
 * cannot be read (then with a problem). PLACE (may be NULL) gets where it is; it has no path where
 * these are blocks. */
bool grub2_read(struct grub2 *g, const char *spec, size_t max, struct buffer *out,
                struct grub2_place *place) must_check;
/* Calls EACH for the names in the directory at SPEC ("/", "(hd0,1)/boot/"), as GRUB lists it,
 * until it returns false. False when it cannot be listed. */
bool grub2_list(struct grub2 *g, const char *spec, bool (*each)(void *context, const char *name),
                void *context) must_check;

#endif
