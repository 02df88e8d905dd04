/* GRUB 2's names of devices and files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_DEVICE_H
#define FSPROBE_CONFIG_GRUB2_DEVICE_H

#include "fsprobe/config/grub2/run.h"

/* The volume that a device's name (LENGTH bytes, without parentheses: "hd0,msdos1") means; -1
 * when the guest has none such. */
int grub2_device(const struct grub2 *g, const char *name, size_t length);
/* GRUB's name of a volume: "hd0,gpt2". The caller frees. */
char *grub2_device_name(const struct grub2 *g, size_t volume) must_check;
/* Where "(device)/path" or "/path" (then on $root) lies. PATH points into SPEC. False when it is
 * no such thing or the device is not there. */
bool grub2_locate(struct grub2 *g, const char *spec, size_t *volume, const char **path) must_check;
/* As grub2_locate() and guest_status(): what lies there. False when nothing does. */
bool grub2_look(struct grub2 *g, const char *spec, struct file_status *status) must_check;
/* Reads the file at SPEC; false when it is not there or cannot be read (then with a problem).
 * VOLUME and PATH as above, may be NULL. */
bool grub2_read(struct grub2 *g, const char *spec, size_t max, struct buffer *out, size_t *volume,
                const char **path) must_check;

#endif
