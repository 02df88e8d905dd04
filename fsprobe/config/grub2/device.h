/* GRUB 2's names of devices and files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_DEVICE_H
#define FSPROBE_CONFIG_GRUB2_DEVICE_H

#include "fsprobe/config/grub2/run.h"

/* The volume that a device's name (LENGTH bytes, without parentheses: "hd0,msdos1") means; -1
 * when the guest has none such. */
int grub2_device(const struct grub2 *g, const char *name, size_t length) must_check;
/* Whether NAME is a disk of the firmware's that this guest does not have: it was installed where
 * disks are counted otherwise, or partitions are disks. */
bool grub2_device_elsewhere(const struct grub2 *g, const char *name, size_t length) must_check;
/* GRUB's name of a volume: "hd0,gpt2". The caller frees. */
char *grub2_device_name(const struct grub2 *g, size_t volume) must_check;
/* Calls EACH for the volumes in the order in which GRUB looks at devices: disk by disk, the
 * partitions of one from the last to the first. Ends when EACH returns true, and returns that
 * volume; else -1. */
int grub2_device_each(struct grub2 *g, bool (*each)(struct grub2 *g, size_t volume, void *context),
                      void *context);

#endif
